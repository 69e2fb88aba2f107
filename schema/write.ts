// Writes schema/setup.schema.json: deno task schema
import { setupSchema } from "../sinks/mod.ts";

Deno.writeTextFileSync(new URL("setup.schema.json", import.meta.url), `${JSON.stringify(setupSchema(), null, 2)}\n`);

import { countingRun } from "./counting.ts";
import { InMemorySink, replay, ArrowSink } from "../../sinks/mod.ts";
import { DtolReadError } from "../../src/errors.ts";
const path = "/tmp/cliT/f.arrow";
{ await using sink = new ArrowSink(path, { ifExists:"overwrite" }); for (const b of countingRun({ channels: 2, samples: 10, blocks: 2 })) await sink.write(b); }
const whole = Deno.readFileSync(path); console.log(whole.length);
const stat: Record<string,number> = {};
for (let at = Number(Deno.args[0]??0); at < whole.length; at++) {
  const b = whole.slice(); b[at]! ^= 1<<at%8; Deno.writeFileSync(path,b);
  Deno.writeTextFileSync("/tmp/cliT/at",String(at)); const m = new InMemorySink(); let k: string;
  try { const r = await replay(path,m); k = r.problems.length? "problem":"fine"; }
  catch(e) { k = e instanceof DtolReadError ? "error":"OTHER "+(e as Error).stack?.slice(0,260); }
  stat[k]=(stat[k]??0)+1;
}
console.log(stat);

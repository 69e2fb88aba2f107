// The short form of `deno task soak:windows`.
import { soak } from "./soak.ts";

Deno.test("record.ts at 2 x 10 MS/s through the DLLs loses nothing, sample for sample (3 s)", {
  ignore: Deno.build.os !== "windows",
}, async () => {
  await soak(3);
});

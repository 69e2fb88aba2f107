import { countingRun } from "./counting.ts";
import { factsOf } from "./runs.ts";
import { InMemorySink, ParquetSink, replay } from "../../sinks/mod.ts";
import { DtolReadError } from "../../src/errors.ts";
const path = "/tmp/cliT/f.parquet";
const blocks = countingRun({ channels: 2, samples: 40, blocks: 4 });
{ await using sink = new ParquetSink(path, { rowGroupSize: 160, ifExists:"overwrite" }); for (const b of blocks) await sink.write(b); }
const whole = Deno.readFileSync(path);
const len = new DataView(whole.buffer).getUint32(whole.length-8,true);
const facts = JSON.stringify(blocks.map(factsOf),(_,v)=>typeof v==="bigint"?`${v}`:ArrayBuffer.isView(v)?[...v as any].map(String):v instanceof Map?[...v]:v);
console.log(whole.length,len);
const stat: Record<string,number> = {}; const bad: string[]=[];
for (let at = 4; at < whole.length; at++) for (const bit of [at%8, (at+3)%8]) {
  const b = whole.slice(); b[at]! ^= 1<<bit; Deno.writeFileSync(path,b);
  const m = new InMemorySink();
  let k: string;
  try { const r = await replay(path,m);
    const got = JSON.stringify(m.blocks.map(factsOf),(_,v)=>typeof v==="bigint"?`${v}`:ArrayBuffer.isView(v)?[...v as any].map(String):v instanceof Map?[...v]:v);
    k = got===facts ? (r.problems.length?"same+problem":"same") : r.problems.length? "differs+problem":"SILENT";
    if (k==="SILENT") bad.push(`${at} bit ${bit} footer+${at-(whole.length-8-len)}`);
  } catch(e) { k = e instanceof DtolReadError ? "error":"OTHER "+(e as Error).stack?.slice(0,300); }
  stat[k]=(stat[k]??0)+1;
}
console.log(stat, bad.length, bad.slice(0,40));

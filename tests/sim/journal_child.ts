/** Drives outputs of a DT9806, tells so, and waits to be killed. */
import { DA, DOUT, ok, SINGLEVALUE, withSubsystem } from "./sdk.ts";

function put(type: number, values: readonly (readonly [code: number, channel: number])[]): void {
  withSubsystem("DT9806(00)", type, (subsystem) => {
    ok("olDaSetDataFlow", subsystem, SINGLEVALUE);
    ok("olDaConfig", subsystem);
    for (const [code, channel] of values) ok("olDaPutSingleValue", subsystem, code, channel, 1);
  });
}

put(DA, [[40000, 0], [1, 1], [1, 1], [32768, 0]]); // a value that is there already is no change
put(DOUT, [[255, 0], [0, 0]]);
console.log("done");
setInterval(() => {}, 1000);

import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { readSentinels } from "../../src/convert/sentinels.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

pure("W-53 the three numbers of a failed sensor become NaN and a status, as 4-byte floats too", () => {
  const values = Float64Array.from(Float32Array.of(1, 99999, -88888, 88888, -99999, 88887));
  const status = readSentinels(values)!;
  deepEqual([...status].map((place) => SENSOR_STATUSES[place]), [
    "ok",
    "sensor_open",
    "temp_out_of_range_low",
    "temp_out_of_range_high",
    "ok",
    "ok",
  ]);
  deepEqual([...values], [1, NaN, NaN, NaN, -99999, 88887]);
});

pure("values that are well have no status at all", () => {
  const values = Float64Array.of(0, -1e6, 1e6, Infinity, NaN);
  equal(readSentinels(values), null);
  ok(values[3] === Infinity);
});

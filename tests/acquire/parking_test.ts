/** Parking outputs at their safe values, over both backends; `park_test.ts` has those of a process that dies. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { openDevice, type OpenOptions, type OutputValues, type Session } from "../../src/acquire/session.ts";
import { parkHung, ParkingBooks } from "../../src/acquire/parking.ts";
import type { Backend, OutputValue, Subsystem } from "../../src/board/backend.ts";
import { DtolTaskStateError, DtolWriteError } from "../../src/errors.ts";
import type { TaskSpec } from "../../src/model/spec.ts";
import { both, errorOf, sdk, sim } from "./lab.ts";
import { carried, LINES, port, volts } from "./outputs_lab.ts";

const SAFE = { name: "heater", safeMin: 0, safeMax: 5, safeValue: 0.5 };

/** Opens, drives, and leaves in a way. */
async function left(
  backend: Backend,
  spec: TaskSpec,
  values: OutputValues,
  options: Omit<OpenOptions, "backend"> = {},
  leave: (session: Session) => Promise<unknown> = (session) => session.close(),
): Promise<void> {
  const session = await openDevice(spec, { backend, ...options });
  await session.write(values, { confirm: true });
  await leave(session);
  if (!session.closed) await session.close();
}

both(
  "W-11: closing puts outputs to their safe values, needs no confirmation, and leaves those without",
  async (backend) => {
    await left(backend, volts("DT9806(00)", { ...SAFE, requiresConfirm: true }, { name: "fan" }), {
      heater: 5,
      fan: 3,
    });
    deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel)), [34406, 42598]);
    await left(backend, port("DT9806(00)", { safeValue: 0b11, lines: LINES }), { out: 0xff });
    equal(carried(backend, "digital_output"), 0b11);
  },
);

both("W-11: an error on the way leaves through the same door", async (backend) => {
  const run = async () => {
    await using session = await openDevice(volts("DT9806(00)", SAFE), { backend });
    await session.write({ heater: 5 });
    throw new Error("the specimen broke");
  };
  await rejects(run(), /the specimen broke/);
  equal(carried(backend, "analog_output"), 34406);
});

both("W-11: abort() parks, also when nothing runs", async (backend) => {
  let after = 0;
  await left(backend, volts("DT9806(00)", SAFE), { heater: 5 }, {}, async (session) => {
    await session.abort();
    after = carried(backend, "analog_output");
  });
  equal(after, 34406);
});

both("parkOnClose: false leaves outputs as they are", async (backend) => {
  await left(backend, volts("DT9806(00)", SAFE), { heater: 5 }, { parkOnClose: false }, (session) => session.abort());
  equal(carried(backend, "analog_output"), 49152);
});

both("park() says what it wrote and what it left; lines with a safe value keep the others", async (backend) => {
  await using both = await openDevice(volts("DT9806(00)", SAFE, { name: "fan" }), { backend });
  deepEqual(await both.park(), {
    values: { heater: 34406 * 20 / 65536 - 10 },
    codes: { heater: 34406 },
    together: true,
    left: ["fan"],
  });
  const lines = [{ bit: 0, name: "lamp", safeValue: false }, { bit: 7, name: "valve" }];
  await using ports = await openDevice(port("DT9806(00)", { lines }), { backend });
  deepEqual(
    await ports.park(),
    { values: {}, codes: {}, together: false, left: ["out"] },
    "its lines are not known yet",
  );
  await ports.write({ out: 0b1000_0011 });
  const { left: stay, ...parked } = await ports.park();
  deepEqual(parked, { values: { lamp: false }, codes: { out: 0b1000_0010 }, together: true });
  deepEqual(stay, ["valve"]);
  equal(carried(backend, "digital_output"), 0b1000_0010);
});

sdk("parking goes on after an error, and tells it", async (backend) => {
  const session = await openDevice(volts("DT9806(00)", SAFE, { ...SAFE, name: "second" }), { backend });
  await session.write({ heater: 5, second: 5 });
  sim.fault("ecode:olDaPutSingleValue@1=37");
  const error = await errorOf(session.close());
  ok(error instanceof DtolWriteError && /heater/.test(error.message), String(error));
  deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel)), [49152, 34406]);
  await (await openDevice(volts("DT9806(00)", {}), { backend })).close(); // and all was given back
});

sdk("a write under way when the session is closed does not come after the parking", async (backend) => {
  const session = await openDevice(volts("DT9806(00)", SAFE), { backend });
  sim.fault("hang:olDaPutSingleValue@1=300");
  const write = session.write({ heater: 5 });
  const queued = errorOf(session.write({ heater: 4 }));
  for (let turn = 0; turn < 100; turn++) await null; // the first is in the driver's hands now, without any timer
  await session.close();
  await write;
  ok(await queued instanceof DtolTaskStateError);
  equal(carried(backend, "analog_output"), 34406);
});

Deno.test(
  "parking a driver that hangs makes no call any more when its time is over",
  { permissions: "none" },
  async () => {
    const [channel] = volts("DT9862(00)", SAFE).channels;
    for (const late of ["stop", "takeSingleValues", "write"]) {
      const calls: string[] = [];
      const wakes = Promise.withResolvers<void>();
      const call = (name: string) => {
        calls.push(name);
        return name === late ? wakes.promise : Promise.resolve();
      };
      const subsystem = {
        stop: () => call("stop"),
        takeSingleValues: () => call("takeSingleValues"),
        write: ([{ physicalChannel }]: readonly [OutputValue]) => call(physicalChannel === 0 ? "write" : "write 1"),
      } as unknown as Subsystem;
      const planned = [0, 1].map((physicalChannel) => ({
        ...{ channel: channel!, output: { physicalChannel, code: 0 } },
        values: { [`ch${physicalChannel}`]: 0 },
      }));
      const left = { hangs: true, mayRun: true, isDeaf: false };
      const parking = await parkHung(subsystem, new ParkingBooks(planned, []), left, 0.01);
      const why = "the driver does not answer";
      deepEqual([parking.parked, parking.notParked], [{}, { ch0: why, ch1: why }], late);
      wakes.resolve();
      await new Promise((resolve) => setTimeout(resolve)); // all that would follow
      equal(calls.at(-1), late);
    }
  },
);

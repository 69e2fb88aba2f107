// `dtol discover` and `dtol inspect` as a user runs them.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { simSdk } from "../sim.ts";
import { runDtol } from "./child.ts";

Deno.test("dtol discover lists boards and subsystems, a line each, and --json has the same", async () => {
  const sdk = await simSdk();
  const { code, out } = await runDtol(["discover", "--sdk", sdk]);
  equal(code, 0);
  match(out, /^DT9806\(00\) {2}model DT9806 {2}oldaapi V7\.0\.0\.7 .*simulated$/m);
  match(out, /^ {2}analog_input 0 +16 single_ended, 8 differential; 16 bits; -10 to 10 V; up to 50000 Hz$/m);
  match(out, /^ {2}digital_input 0 +1 port, 8 lines; 8 bits; single values$/m);
  const report = JSON.parse((await runDtol(["discover", "--sdk", sdk, "--json"])).out);
  // deno-lint-ignore no-explicit-any -- JSON
  const board = report.boards.find((one: any) => one.board.name === "DT9806(00)");
  equal(board.simulated, true);
  deepEqual(board.subsystems[0], {
    ...{ type: "analog_input", element: 0, state: "free", channels: { single_ended: 16, differential: 8 }, bits: 16 },
    ...{ ranges: [{ low: -10, high: 10 }], max_clock_hz: 50000, single_value: true, continuous: true },
    ...{ simultaneous: false, returns_floats: false },
  });
});

Deno.test("dtol discover finds nothing where no SDK is, and the simulated boards when it is asked to", async () => {
  if (Deno.build.os !== "windows") { // where the tests of Windows run there may be an SDK
    const none = await runDtol(["discover"]);
    equal(none.code, 0, none.err);
    match(none.out, /^No board is there\./);
    deepEqual(JSON.parse((await runDtol(["discover", "--json"])).out), { boards: [] });
  }
  match((await runDtol(["discover", "--simulated"])).out, /^DT9805\(00\) {2}model DT9805 {2}simulated$/m);
});

Deno.test("a board that fails and a subsystem in use do not keep dtol discover from the others: exit code 1", async () => {
  const sdk = await simSdk();
  const held = await runDtol(["discover", "--sdk", sdk], { env: { DTOLSIM_FAULTS: "ecode:olDaGetDASS@1=20" } });
  equal(held.code, 1);
  match(held.out, /^ {2}analog_input 0 +in use by another session or program$/m);
  match(held.out, /^ {2}digital_input 0 +1 port/m);
  const gone = await runDtol(["discover", "--sdk", sdk, "--json"], {
    env: { DTOLSIM_FAULTS: "ecode:olDaInitialize@1=67" },
  });
  equal(gone.code, 1);
  const { boards } = JSON.parse(gone.out);
  match(boards[0].error, /Cannot open the board of "DT9805\(00\)".*67/);
  ok(boards[1].subsystems.length > 0);
});

Deno.test("dtol inspect prints every capability, unknown as ?, and --json all of it as null", async () => {
  const sdk = await simSdk();
  const env = { DTOLSIM_FAULTS: "ecode:olDaGetSSCaps@1+=36" };
  const { code, out } = await runDtol(["inspect", "DT9806(00)", "--sdk", sdk], { env });
  equal(code, 0);
  match(out, /^ {2}continuous +\?$/m);
  match(out, /^ {2}gains +1, 10, 100, 500$/m);
  const report = JSON.parse((await runDtol(["inspect", "DT9806(00)", "--sdk", sdk, "--json"], { env })).out);
  equal(report.subsystems[0].capabilities.continuous, null);
  equal(report.subsystems[0].capabilities.max_clock_hz, 50000);
});

Deno.test("dtol inspect tells a board that is not there in one line, with exit code 3, and wrong usage with 2", async () => {
  const { code, err } = await runDtol(["inspect", "DT1(00)", "--sdk", await simSdk()]);
  equal(code, 3);
  match(err, /^dtol: Cannot open "DT1\(00\)" as no such board is registered: found DT9805.*\n$/);
  equal((await runDtol(["inspect"])).code, 2);
});

// `dtol diag` as a user runs it: lines, JSON, exit codes, and what it says when something is wrong.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Finding } from "../../mod.ts";
import { temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const WINDOWS = Deno.build.os === "windows";
/** The permissions that docs/windows.md gives. */
const PERMISSIONS = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-env", "--allow-sys=osRelease,statfs"];

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function dtol(
  args: readonly string[],
  options: { env?: Record<string, string>; permissions?: string[] } = {},
): Promise<Run> {
  const { env = {}, permissions = PERMISSIONS } = options;
  using folder = temporaryFolder();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--quiet", ...permissions, MAIN, ...args, "--folder", folder.path],
    env: { NO_COLOR: "1", ...env },
  }).output();
  deepEqual([...Deno.readDirSync(folder.path)], [], "the probe's file is gone");
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

async function findings(
  args: readonly string[],
  options: Parameters<typeof dtol>[1] = {},
): Promise<Map<string, Finding> & { code: number }> {
  const { code, out, err } = await dtol(["diag", "--json", ...args], options);
  ok(out.startsWith("{"), err);
  const report = JSON.parse(out) as { exit_code: number; findings: Finding[] };
  equal(report.exit_code, code);
  return Object.assign(new Map(report.findings.map((one) => [one.name, one])), { code });
}

Deno.test("dtol diag names every fact, and is content with the simulated SDK that it was given", async () => {
  const found = await findings(["--sdk", await simSdk()]);
  for (const { name, level, fact } of found.values()) equal(level, "ok", `${name}: ${fact}`);
  equal(found.code, 0);
  const fact = (name: string) => found.get(name)?.fact ?? `there is no "${name}"`;
  ok(fact("Deno").includes(Deno.version.deno) && fact("Deno").includes("x86_64"));
  match(fact("system"), WINDOWS ? /^Windows 1\d/ : /linux \d/);
  match(fact("oldaapi file"), WINDOWS ? /oldaapi64\.dll.*64-bit x86_64/ : /64-bit x86_64/);
  match(fact("libraries loaded"), /simulated SDK/);
  match(fact("versions"), /oldaapi V7\.0\.0\.7, olmem V2/);
  match(fact("boards"), /DT9805\(00\).*DT9806\(00\)/);
  match(
    fact("DT9806(00) analog_input 0"),
    /16 single-ended or 8 differential inputs, 16 bits, -10 to 10 V, gains 1, 10, 100, 500/,
  );
  match(fact("DT9806(00) analog_output 0"), /2 channels/);
  match(fact("message window"), /200 of 200 messages back, \d+ us/);
  match(fact("monotonic clock"), WINDOWS ? /QueryPerformanceCounter/ : /CLOCK_MONOTONIC/);
  match(fact("free disk space"), /GB in/);
  match(fact("write speed"), /MB\/s/);
});

Deno.test("without --json every fact has one line", async () => {
  const { code, out } = await dtol(["diag", "--sdk", await simSdk()]);
  equal(code, 0);
  const lines = out.trimEnd().split("\n");
  ok(lines.length >= 20);
  for (const line of lines) match(line, /^ok {7}\S/);
});

Deno.test("no SDK is a failure that says what to do; the window and the clock are tried all the same", async () => {
  const found = await findings([]);
  equal(found.code, 2);
  match(found.get("oldaapi file")!.fact, /not found/);
  match(found.get("oldaapi file")!.next!, /--sdk DIR/);
  equal(found.get("libraries loaded")!.level, "failed");
  equal(found.get("message window")!.level, WINDOWS ? "ok" : "warning");
  equal(found.get("monotonic clock")!.level, "ok");
});

Deno.test("a library of another kind is named with both architectures", async () => {
  using folder = temporaryFolder();
  const name = WINDOWS ? "oldaapi64.dll" : "libopenlayers_sim.so";
  const bytes = Deno.readFileSync(`${await simSdk()}/${name}`);
  const view = new DataView(bytes.buffer);
  if (WINDOWS) view.setUint16(view.getUint32(0x3c, true) + 4, 0x014c, true);
  else view.setUint16(18, 3, true);
  Deno.writeFileSync(`${folder.path}/${name}`, bytes);
  const found = await findings(["--sdk", folder.path]);
  equal(found.code, 2);
  match(found.get("oldaapi file")!.fact, /32-bit i386|64-bit i386/);
  match(found.get("oldaapi file")!.next!, /This Deno is 64-bit x86_64/);
});

Deno.test("no boards, a held subsystem and a failing driver are told, each with the next step", async () => {
  const sdk = await simSdk();
  const none = await findings(["--sdk", sdk], { env: { DTOLSIM_FAULTS: "ecode:olDaEnumBoards@1+=78" } });
  match(none.get("boards")!.fact, /none/);
  match(none.get("boards")!.next!, /DT9800 Service/);
  equal(none.code, 1);
  const held = await findings(["--sdk", sdk], { env: { DTOLSIM_FAULTS: "ecode:olDaGetDASS@1+=20" } });
  match(held.get("DT9806(00) analog_input 0")!.fact, /in use by another program/);
  equal(held.code, 1);
  const gone = await findings(["--sdk", sdk], { env: { DTOLSIM_FAULTS: "ecode:olDaInitialize@1+=67" } });
  match(gone.get("DT9806(00)")!.next!, /Check the plug/);
  equal(gone.code, 2);
});

Deno.test("a folder that cannot be written fails; missing permissions are findings, not crashes", async () => {
  const narrow = await findings(["--sdk", await simSdk()], { permissions: ["--allow-ffi", "--allow-env"] });
  equal(narrow.code, 2);
  match(narrow.get("write speed")!.next!, /--allow-write/);
  match(narrow.get("system")!.next!, /--allow-sys/);
});

Deno.test("dtol refuses what it does not know, with exit code 2", async () => {
  const { code, err } = await dtol(["diag", "--bogus"]);
  equal(code, 2);
  match(err, /unknown option '--bogus'/);
});

/**
 * A Windows to test in, on a Linux machine: Debian 13 in a folder of its own, Wine 10 in that, Deno for Windows in Wine.
 * Debian 12's Wine 8 lacks what V8 needs, so the host's own Wine is not used.
 *
 * Everything lies in `$DTOLLIB_WINDOWS_ROOT` (default `~/.cache/dtollib/windows`), is made once, and is never written to
 * by a test: every run gets a fresh prefix on top.
 *
 * @module
 */
import { buildSimForWindows, windowsCompiler } from "../../ffi/sim/build.ts";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Why there can be no Windows here; `run.ts` says it in one line and exits with {@linkcode UNAVAILABLE}. */
export class NoWindowsError extends Error {}

/** Exit status of a run that could not take place. */
export const UNAVAILABLE = 77;

/** Exit code of what took longer than it may. */
export const CUT = 124;

/** Set inside: what would harm a real Windows, as putting libraries into its system folder, is done there only. */
export const THROW_AWAY = "DTOLLIB_THROW_AWAY_WINDOWS";

/** Authorities that this machine trusts: inside, the registry is reached the same way. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

const SUITE = "trixie";
const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
/** Where the repository and the caches are inside; the drive is Wine's name for the Linux root. */
const INSIDE = { repository: "/home/dtollib", deno: "/opt/deno", denoDir: "/var/cache/deno", prefix: "/prefix" };

/** Runs inside a mount and process namespace of its own: what it mounts and starts is gone when it ends. */
const ENTER = `
set -eu
root=$1 repository=$2 denodir=$3 run=$4 prefix=$5; shift 5
mount --make-rprivate /
mount -t tmpfs dtollib "$run" 2>/dev/null || true # what the tests write is synced by the thousand, and thrown away
mkdir -p "$root/home/dtollib" "$root/var/cache/deno" "$root/prefix" "$run/upper" "$run/work" "$run/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$repository" "$root/home/dtollib"
mount --bind "$denodir" "$root/var/cache/deno"
mount --bind "$run/tmp" "$root/tmp"
if [ -f ${CERTIFICATES} ]; then mount --bind ${CERTIFICATES} "$root${CERTIFICATES}"; fi
if [ -d "$prefix" ]; then
  mount -t overlay overlay -o "lowerdir=$prefix,upperdir=$run/upper,workdir=$run/work" "$root/prefix" 2>/dev/null ||
    { cp -a "$prefix/." "$run/upper"; mount --bind "$run/upper" "$root/prefix"; }
else
  mkdir -p "$prefix.new"
  mount --bind "$prefix.new" "$root/prefix"
fi
exec chroot "$root" "$@"
`;

/**
 * Does something on a Windows that has the simulated SDK, and returns its exit status; {@linkcode UNAVAILABLE}, after one
 * line that says why, where there can be no Windows.
 */
export async function onWindows(what: (windows: Windows) => Promise<number>): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, killAll);
  try {
    const windows = await prepareWindows((line) => console.log(line));
    await buildSimForWindows();
    return await what(windows);
  } catch (error) {
    if (!(error instanceof NoWindowsError)) throw error;
    console.log(`The tests in Deno for Windows are left out: ${error.message.split("\n")[0]}`);
    return UNAVAILABLE;
  }
}

/** What a command inside came to. */
export interface Outcome {
  /** Its exit code; {@linkcode CUT} where it was ended for taking too long. */
  readonly code: number;
  /** What it wrote, when it was not shown. */
  readonly text: string;
}

/** The prepared Windows. */
export class Windows {
  readonly #folder: string;
  readonly #denoVersion: string;
  readonly #registry: string;

  /** Of {@linkcode prepareWindows}. */
  constructor(folder: string, denoVersion: string, registry: string) {
    this.#folder = folder;
    this.#denoVersion = denoVersion;
    this.#registry = registry;
  }

  /** Runs `deno.exe` in a fresh prefix, in the repository; shows what it writes, or keeps it. */
  async deno(args: readonly string[], { show = true, env = {}, limitS }: RunOptions = {}): Promise<Outcome> {
    const all = {
      DENO_DIR: "Z:\\var\\cache\\deno",
      NPM_CONFIG_REGISTRY: this.#registry,
      ...(await exists(CERTIFICATES) ? { DENO_CERT: `Z:${CERTIFICATES.replaceAll("/", "\\")}` } : {}),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      [THROW_AWAY]: "1",
      DTOLLIB_SIM_DIR: "Z:\\home\\dtollib\\ffi\\sim\\build\\windows",
      ...env,
    };
    const command = ["wine64", `Z:\\opt\\deno\\${this.#denoVersion}\\deno.exe`, ...args];
    return await enter(this.#folder, command, all, { show, limitS });
  }
}

/** Settings of {@linkcode Windows.deno}. */
export interface RunOptions {
  /** Whether its output is shown as it comes; otherwise it is in the outcome. Default: true. */
  readonly show?: boolean;
  /** Seconds after which it is ended, with exit code {@linkcode CUT}. Default: never. */
  readonly limitS?: number | undefined;
  /** More environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Prepares what is not there yet, and says so step by step.
 *
 * @param say Receives one line a step.
 * @throws {NoWindowsError} If this machine cannot.
 */
export async function prepareWindows(say: (line: string) => void): Promise<Windows> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") throw new NoWindowsError("it needs Linux on x86-64");
  const home = Deno.env.get("HOME") ?? "/root";
  const folder = Deno.env.get("DTOLLIB_WINDOWS_ROOT") || join(home, ".cache", "dtollib", "windows");
  if ((await host([...namespaces(), "true"])).code !== 0) {
    throw new NoWindowsError("it needs root, or user namespaces with a range of ids (apt-get install uidmap)");
  }
  await refuseMissingTools();
  await Deno.mkdir(folder, { recursive: true });
  const registry = (await host(["npm", "config", "get", "registry"])).out.trim();
  await once(join(folder, "root"), `Debian ${SUITE} and Wine (some minutes)`, say, debian);
  const version = await denoForWindows(folder, say);
  await Deno.mkdir(join(folder, "deno-dir"), { recursive: true });
  await once(join(folder, "prefix"), "a Wine prefix", say, async (path) => {
    const { code, text } = await enter(folder, ["sh", "-c", "wine64 wineboot -i; wineserver -w"], {}, { limitS: 300 });
    if (code !== 0) throw new NoWindowsError(`wineboot failed: ${text.trim().split("\n").at(-1)}`);
    await Deno.rename(join(folder, "prefix.new"), path);
  });
  return new Windows(folder, version, registry);
}

/** Names all that is missing at once, as Debian's packages: nobody wants to be told of the next one after some minutes. */
async function refuseMissingTools(): Promise<void> {
  const tools = { debootstrap: "debootstrap", npm: "npm", [windowsCompiler()]: "gcc-mingw-w64-x86-64" };
  const missing: string[] = [];
  for (const [tool, debian] of Object.entries(tools)) {
    if ((await host([tool, "--version"])).code === 127) missing.push(debian);
  }
  if (missing.length === 0) return;
  throw new NoWindowsError(`something is not installed: apt-get install ${missing.join(" ")}`);
}

/** Makes a folder under another name and renames it, so that a run that is broken off leaves none that looks whole. */
async function once(
  path: string,
  what: string,
  say: (line: string) => void,
  make: (path: string) => Promise<void>,
): Promise<void> {
  if (await exists(path)) return;
  say(`preparing ${what} in ${path}`);
  const started = performance.now();
  const unfinished = `${path}.${Deno.pid}`;
  try {
    await make(unfinished);
    await Deno.rename(unfinished, path);
  } catch (error) {
    await host([...namespaces(), "rm", "-rf", "--one-file-system", unfinished]);
    throw error;
  }
  say(`prepared ${what} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
}

/** Debian with Wine. The mirror is the one that this machine's own apt uses; without apt, debootstrap's default. */
async function debian(path: string): Promise<void> {
  const targets = await host(["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]);
  const mirror = targets.code === 0 ? targets.text.match(/^Debian (\S+)/m)?.[1] : undefined;
  const packages = "--include=ca-certificates";
  // In a user namespace no devices can be made: debootstrap then binds those of the host if it takes this for a container.
  const container = Deno.uid() === 0 ? [] : ["--pid", "--fork", "env", "container=lxc"];
  const made = await host([
    ...[...namespaces(), ...container, "debootstrap", "--variant=minbase", packages, SUITE, path],
    ...(mirror === undefined ? [] : [mirror]),
  ]);
  if (made.code !== 0) throw new NoWindowsError(`debootstrap failed: ${made.text.trim().split("\n").at(-1)}`);
  const settings = await host(["apt-config", "dump", "Acquire::http", "Acquire::https"]);
  if (settings.code === 0) await Deno.writeTextFile(join(path, "etc/apt/apt.conf.d/99host"), settings.text);
  if (await exists(CERTIFICATES)) await Deno.copyFile(CERTIFICATES, join(path, CERTIFICATES)); // for a mirror with https
  const install =
    "apt-get update && apt-get install -y --no-install-recommends wine64 && apt-get clean && rm -rf /tmp/*";
  const inside = 'mount --rbind /dev "$1/dev" && exec chroot "$1" sh -c "$2"';
  const installed = await host([...namespaces(), "sh", "-c", inside, "install", path, install]);
  if (installed.code !== 0) {
    throw new NoWindowsError(`Wine could not be installed: ${installed.text.trim().split("\n").at(-1)}`);
  }
}

/** `deno.exe` of this Deno's version; of the newest with the same major and minor number where the registry lacks that. */
async function denoForWindows(folder: string, say: (line: string) => void): Promise<string> {
  const name = "@deno/win32-x64";
  const exe = (version: string) => join(folder, "root", INSIDE.deno, version, "deno.exe");
  const wanted = Deno.version.deno;
  if (await exists(exe(wanted))) return wanted;
  const listed = await host(["npm", "view", name, "versions", "--json"]);
  if (listed.code !== 0) throw new NoWindowsError(`npm does not list the versions of ${name}`);
  const [major, minor] = wanted.split(".");
  const patch = (version: string) => Number(version.split(".")[2]);
  const version = [JSON.parse(listed.out) as string | string[]].flat()
    .filter((one) => one.startsWith(`${major}.${minor}.`) && /^[\d.]+$/.test(one) && patch(one) <= patch(wanted))
    .sort((a, b) => patch(a) - patch(b)).at(-1);
  if (version === undefined) throw new NoWindowsError(`npm has no ${name} of version ${major}.${minor}`);
  if (version !== wanted) say(`the registry has no ${name}@${wanted}: taking ${version}`);
  if (await exists(exe(version))) return version;
  say(`fetching ${name}@${version}`);
  const temporary = await Deno.makeTempDir();
  try {
    const packed = await host(["npm", "pack", "--silent", "--pack-destination", temporary, `${name}@${version}`]);
    if (packed.code !== 0) throw new NoWindowsError(`npm could not fetch ${name}@${version}`);
    const archive = join(temporary, packed.out.trim().split("\n").at(-1)!);
    await host(["tar", "xzf", archive, "-C", temporary]);
    await Deno.mkdir(dirname(exe(version)), { recursive: true });
    await Deno.copyFile(join(temporary, "package", "deno.exe"), `${exe(version)}.${Deno.pid}`);
    await Deno.rename(`${exe(version)}.${Deno.pid}`, exe(version));
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
  return version;
}

/** Root has all it needs; others get a user namespace in which they are root. */
function namespaces(): string[] {
  return Deno.uid() === 0 ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--map-auto", "--mount"];
}

/** Runs a command inside, with the environment that Wine needs and what is given, and nothing of the host's. */
async function enter(
  folder: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  how: HostOptions,
): Promise<Outcome> {
  const run = join(folder, "runs", crypto.randomUUID());
  await Deno.mkdir(run, { recursive: true });
  const [program, ...rest] = namespaces();
  const places = [join(folder, "root"), REPOSITORY, join(folder, "deno-dir"), run, join(folder, "prefix")];
  const wine = {
    PATH: "/usr/lib/wine:/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: "/root",
    LANG: "C.UTF-8",
    WINEPREFIX: INSIDE.prefix,
    WINEDEBUG: "-all",
    WINEDLLOVERRIDES: "mscoree,mshtml=", // no questions about Mono and Gecko
    XDG_RUNTIME_DIR: "/tmp", // or Wine complains that there is none
  };
  try {
    return await host([
      ...[program!, ...rest, "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "enter", ...places],
      ...["env", "-i", "-C", INSIDE.repository, ...Object.entries({ ...wine, ...env }).map(([k, v]) => `${k}=${v}`)],
      ...command,
    ], how);
  } finally {
    await host([...namespaces(), "rm", "-rf", "--one-file-system", run]);
  }
}

/** Commands under way. */
const children = new Set<Deno.ChildProcess>();

/** Lets nothing go on that was started here: the first process inside takes all the others with it. */
function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
  Deno.exit(130);
}

/** Settings of {@linkcode host}. */
type HostOptions = Pick<RunOptions, "show" | "limitS">;

/** Runs a command of this machine. */
async function host(
  command: readonly string[],
  { show = false, limitS }: HostOptions = {},
): Promise<Outcome & { readonly out: string }> {
  const [program, ...args] = command;
  const mode = show ? "inherit" : "piped";
  let child: Deno.ChildProcess;
  try {
    const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` }; // Debian gives these to root alone
    child = new Deno.Command(program!, { args, env, stdin: "null", stdout: mode, stderr: mode }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { code: 127, text: `${program} is not installed`, out: "" };
    throw error;
  }
  children.add(child);
  let cut = false;
  // The first process inside goes with the one that is killed here, and takes all the others with it.
  const end = () => (cut = true, child.kill("SIGKILL"));
  const timer = limitS === undefined ? undefined : setTimeout(end, limitS * 1000);
  try {
    const [{ code }, out, err] = await Promise.all([
      child.status,
      ...(show ? [] : [child.stdout, child.stderr].map(textOf)),
    ]);
    return { code: cut ? CUT : code, text: `${out ?? ""}${err ?? ""}`, out: out ?? "" };
  } finally {
    clearTimeout(timer);
    children.delete(child);
  }
}

const textOf = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

/**
 * What a support call asks about the machine: Deno, system, clock, disk.
 *
 * @module
 */

import { mkdtemp, rm, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openMonotonicClock } from "../ffi/monotonic.ts";
import type { Finding, Level } from "./diagnose.ts";

/** Oldest Deno that the tests run with. */
const OLDEST_DENO = [2, 9, 5];
/** Windows numbers Windows 11 as 10.0 too, from this build on. */
const WINDOWS_11_BUILD = 22000;
const MEGABYTE = 1e6;
const PROBE_BYTES = 64 * MEGABYTE;
/** Below this a lab day at modest rates may not fit. */
const LITTLE_FREE_BYTES = 2000 * MEGABYTE;
/** A DT9806 at its full 50 kHz makes 0.1 MB a second; a disk that is slower than this has a problem of its own. */
const SLOW_DISK_BYTES_PER_S = 20 * MEGABYTE;

/** Version and processor of Deno. */
export function denoFinding(): Finding {
  const version = Deno.version.deno;
  const parts = version.split(/[.\-+]/).map(Number);
  const older = OLDEST_DENO.findIndex((part, i) => part !== parts[i]);
  const tooOld = older >= 0 && parts[older]! < OLDEST_DENO[older]!;
  const fits = Deno.build.arch === "x86_64" || Deno.build.os !== "windows";
  const next = !fits
    ? "The SDK is for x86-64: install that Deno, also on an ARM machine"
    : tooOld
    ? `Update it to ${OLDEST_DENO.join(".")} or later: deno upgrade`
    : undefined;
  return finding("Deno", !fits ? "failed" : tooOld ? "warning" : "ok", `${version}, ${Deno.build.target}`, next);
}

/** Name and version of the system. */
export function systemFinding(): Finding {
  if (!may({ name: "sys", kind: "osRelease" })) {
    return finding("system", "warning", `${Deno.build.os}, version not read`, "Allow it: --allow-sys=osRelease,statfs");
  }
  const release = Deno.osRelease();
  if (Deno.build.os !== "windows") return finding("system", "ok", `${Deno.build.os} ${release}`);
  const [major = 0, , build = 0] = release.split(".").map(Number);
  const name = major < 10 ? "Windows" : build >= WINDOWS_11_BUILD ? "Windows 11" : "Windows 10";
  const next = major < 10 ? "Deno needs Windows 10 or later" : undefined;
  return finding("system", major < 10 ? "failed" : "ok", `${name} (${release})`, next);
}

/** The monotonic clock: which, its step, and what a reading costs. */
export function clockFinding(): Finding {
  const name = "monotonic clock";
  try {
    using clock = openMonotonicClock();
    let step = 0n;
    const started = clock.nowNs();
    let last = started;
    const readings = 10_000;
    for (let i = 0; i < readings; i++) {
      const now = clock.nowNs();
      if (now < last) {
        return finding(name, "failed", `${clock.name} went back by ${last - now} ns`, "Report this machine");
      }
      if (now > last && (step === 0n || now - last < step)) step = now - last;
      last = now;
    }
    const cost = (Number(last - started) / readings / 1000).toFixed(2);
    return finding(name, "ok", `${clock.name}, smallest step seen ${step} ns, ${cost} us a reading`);
  } catch (error) {
    return finding(name, "failed", textOf(error), "Allow it: --allow-ffi");
  }
}

/** Free space and write speed of a folder. The file that is written for it goes away again. */
export async function folderFindings(folder: string): Promise<Finding[]> {
  const place = may({ name: "read" }) ? resolve(folder) : folder; // where "." is may be asked only with that
  return [await freeSpace(place), await writeSpeed(place)];
}

async function freeSpace(folder: string): Promise<Finding> {
  const name = "free disk space";
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const next = free < LITTLE_FREE_BYTES ? "Make room, or record into another folder" : undefined;
    return finding(name, next ? "warning" : "ok", `${(free / 1e9).toFixed(1)} GB in ${folder}`, next);
  } catch (error) {
    return finding(name, "warning", textOf(error), "Allow it: --allow-read and --allow-sys=osRelease,statfs");
  }
}

async function writeSpeed(folder: string): Promise<Finding> {
  const name = "write speed";
  let place: string | undefined;
  try {
    place = await mkdtemp(join(folder, "dtol-diag-"));
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const started = performance.now();
    {
      using file = await Deno.open(join(place, "probe"), { write: true, createNew: true });
      for (let written = 0; written < PROBE_BYTES; written += file.writeSync(bytes));
      await file.syncData();
    }
    const speed = PROBE_BYTES / (performance.now() - started) * 1000;
    const next = speed < SLOW_DISK_BYTES_PER_S
      ? "Record to a local disk, and exclude its folder from virus scans"
      : undefined;
    return finding(
      name,
      next ? "warning" : "ok",
      `${(speed / MEGABYTE).toFixed(0)} MB/s, on the disk, in ${folder}`,
      next,
    );
  } catch (error) {
    return finding(
      name,
      "failed",
      textOf(error),
      "Record into a folder that may be written, and allow it: --allow-write",
    );
  } finally {
    if (place !== undefined) await rm(place, { recursive: true, force: true });
  }
}

/** Whether a permission is granted; asks nobody. */
export function may(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Makes a finding. */
export function finding(name: string, level: Level, fact: string, next?: string): Finding {
  return next === undefined ? { name, level, fact } : { name, level, fact, next };
}

/** What an error says, on one line. */
export function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}

/** The drainer on a board of paper: what it makes of every buffer, event and refusal, to the sample. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { Drainer } from "../../src/acquire/drainer.ts";
import { Control, type DrainerNews, type DrainerOrder, type RawOrder } from "../../src/acquire/messages.ts";
import { newsMemory } from "../../src/acquire/news_line.ts";
import { BlockRing, ringShape } from "../../src/acquire/ring.ts";
import { StartGate } from "../../src/acquire/start_gate.ts";
import type {
  FillingBuffer,
  Intake,
  IntakeEvent,
  IntakePlan,
  StartMoment,
  TakenBuffer,
} from "../../src/board/backend.ts";
import { DtolBackendError, DtolConnectionError, DtolReadError } from "../../src/errors.ts";
import type { ErrorPolicy } from "../../src/model/enums.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { VERSION } from "../../src/version.ts";
import { monotonicClock } from "../../src/clock.ts";
import { tempDir } from "./lab.ts";

monotonicClock(); // opened once and kept

const CHANNELS = 3;
const SAMPLES = 4;
const CODES = CHANNELS * SAMPLES;

/** What the board does next. */
type Step =
  /** A full buffer, or one with so many codes; `lost` were overwritten before it. */
  | { readonly codes?: number; readonly lost?: number }
  | { readonly event: IntakeEvent }
  /** With `asked` somebody asks for the buffer being filled just before. */
  | { readonly throws: Error; readonly asked?: boolean }
  | Asked;

/** Somebody asks for the buffer being filled: so many codes of it are there, behind `before` buffers that wait; or none. */
interface Asked {
  readonly asks: number | Error | null;
  readonly before?: number;
}

/** A board whose every move is written down before. Codes count on, over all channels and buffers. */
class PaperIntake implements Intake {
  readonly calls: string[] = [];
  #steps: Step[];
  /** What comes only when the run has ended. */
  readonly #rest: Step[];
  #next = 0;
  #asked: Asked | null = null;
  readonly #done: () => void;
  readonly #ask: () => void;
  refuseGiveBack: Error | null = null;

  constructor(steps: Step[], rest: readonly Step[], control: Control) {
    this.#steps = steps;
    this.#rest = [...rest];
    this.#done = () => control.requestStop();
    this.#ask = () => control.requestFilling();
  }

  begin(_: IntakePlan): void {
    this.calls.push("begin");
  }
  start(already: StartMoment | null = null): void {
    this.calls.push(already !== null ? "started already" : "start");
  }
  wait(): readonly IntakeEvent[] {
    if (this.#steps.length === 0) this.#done();
    const events: IntakeEvent[] = [];
    for (let step = this.#steps[0]; step !== undefined && "event" in step; step = this.#steps[0]) {
      events.push(step.event);
      this.#steps.shift();
    }
    return events;
  }
  take(): TakenBuffer | null {
    const step = this.#steps[0];
    if (step === undefined || "event" in step || this.#asked !== null) return null;
    this.#steps.shift();
    if ("asks" in step) {
      this.#ask();
      this.#asked = step;
      return null;
    }
    if ("throws" in step) {
      if (step.asked === true) this.#ask();
      throw step.throws;
    }
    const { codes = CODES, lost = 0 } = step;
    this.#next += lost * CODES;
    const taken = Uint16Array.from({ length: codes }, (_, i) => this.#next + i);
    this.#next += codes;
    return { codes: taken, lostBefore: lost };
  }
  peek(): FillingBuffer | null {
    const { asks, before = 0 } = this.#asked!;
    this.#asked = null;
    if (asks instanceof Error) throw asks;
    if (asks === null) return null;
    const codesBefore = before * CODES;
    const codes = Uint16Array.from({ length: asks }, (_, i) => this.#next + codesBefore + i);
    return { codes, codesBefore, buffersBefore: before };
  }
  giveBack(): void {
    this.calls.push("giveBack");
    const refusal = this.refuseGiveBack;
    this.refuseGiveBack = null;
    if (refusal !== null) throw refusal;
  }
  stop(now: boolean): Promise<void> {
    return this.#end(now ? "abort" : "stop");
  }
  flush(): void {
    this.calls.push("flush");
  }
  end(): void {
    this.calls.push("end");
  }
  #end(how: string): Promise<void> {
    this.calls.push(how);
    this.#steps = this.#steps.filter((step) => !("event" in step)).concat(this.#rest.splice(0));
    return Promise.resolve();
  }
}

interface Run {
  readonly news: DrainerNews[];
  readonly calls: string[];
  /** [first sample, samples, gap, codes of channel 0] of each block. */
  readonly blocks: [number, number, number, number[]][];
  readonly lost: { cause: string; blocks: number; samples: number }[];
  readonly errors: string[];
  /** The error that ended it. */
  readonly error: string | null;
}

interface Plan {
  readonly rest?: readonly Step[];
  readonly policy?: ErrorPolicy;
  readonly samplesPerChannel?: number;
  readonly raw?: string;
  readonly refuseGiveBack?: Error;
  readonly slots?: number;
  /** Whether its intake leaves `peek` out. */
  readonly cannotPeek?: boolean;
  readonly gate?: StartGate;
}

async function drain(steps: Step[], plan: Plan = {}): Promise<Run> {
  const { rest = [], policy = "raise", samplesPerChannel = null, raw, slots = 64, gate } = plan;
  const control = new Control();
  const ring = ringShape("uint16", CODES, slots);
  const order: DrainerOrder = {
    ticket: { backend: "paper", board: "PAPER(00)" },
    plan: { buffers: 4, codesPerBuffer: CODES },
    ...{ channels: CHANNELS, pick: null, clockHz: 3000, ticksPerSample: 3, samplesPerChannel, errorPolicy: policy },
    triggers: { awaited: false, bursts: null, burstSamples: null, reference: null },
    ...{
      raw: raw === undefined ? null : rawOrder(raw),
      timeoutMs: 60_000,
      ring,
      news: newsMemory(ring.slots),
      control: control.memory,
    },
    gate: gate?.memory ?? null,
  };
  const intake = new PaperIntake(steps, rest, control);
  intake.refuseGiveBack = plan.refuseGiveBack ?? null;
  if (plan.cannotPeek === true) Object.defineProperty(intake, "peek", { value: undefined });
  const news: DrainerNews[] = [];
  await new Drainer(order, intake, (one) => news.push(one)).run();
  const reader = new BlockRing(ring);
  const blocks = news.filter((one) => one.type === "block");
  const ended = news.at(-1)!;
  ok(ended.type === "ended" || ended.type === "failed", ended.type);
  return {
    news,
    calls: intake.calls.filter((call) => call !== "giveBack"),
    blocks: blocks.map(({ firstSampleIndex, samples, gapBefore, inRing }) => [
      ...[firstSampleIndex, samples, gapBefore] as [number, number, number],
      inRing ? [...reader.take(samples * CHANNELS).subarray(0, samples)] : [],
    ]),
    lost: news.filter((one) => one.type === "lost").map(({ cause, blocks, samples }) => ({ cause, blocks, samples })),
    errors: news.filter((one) => one.type === "error").map((one) => one.error.message),
    error: ended.error?.message ?? null,
  };
}

function rawOrder(path: string): RawOrder {
  const names = ["a", "b", "c"];
  return {
    ...{ path, overwrite: false, syncIntervalMs: 0 },
    header: {
      ...{ task: "t", device: "PAPER(00)", dtype: "uint16", samplesPerBuffer: SAMPLES, simultaneous: false },
      channels: names.map((name, physicalChannel) => ({
        ...{ name, physicalChannel, unit: "V", scaling: null, metadata: {}, channelType: "single_ended" as const },
      })),
      ...{ clockHzAsked: 3000, rateHzAsked: 1000, taskMetadata: {}, spec: {} },
      versions: { library: VERSION, oldaapi: "", olmem: "", driver: null, backend: "paper", simulated: true },
    },
  };
}

/** Codes of channel 0 of the buffer at a place: every third, as channels are taken in turn. */
const codesAt = (sample: number, count: number) => Array.from({ length: count }, (_, k) => (sample + k) * CHANNELS);
const NO = new DtolBackendError("no");

Deno.test("buffers become blocks in order, channel by channel", async () => {
  const { blocks, calls, error } = await drain([{}, {}, {}]);
  deepEqual(blocks, [0, 4, 8].map((first) => [first, 4, 0, codesAt(first, 4)]));
  equal(error, null);
  deepEqual(calls, ["begin", "start", "stop", "flush", "end"]);
});

Deno.test("W-17 what was overwritten is in the gap of the block behind it, and in the file", async () => {
  await using dir = await tempDir();
  const { blocks, lost, error } = await drain([{}, { lost: 3 }, {}], { raw: dir.file("a") });
  deepEqual(blocks, [[0, 4, 0, codesAt(0, 4)], [16, 4, 12, codesAt(16, 4)], [20, 4, 0, codesAt(20, 4)]]);
  deepEqual(lost, [{ cause: "reused", blocks: 3, samples: 12 }]);
  equal(error, null);
  await using file = await openRaw(dir.file("a"));
  deepEqual(file.report.gaps, [{ firstSampleIndex: 4, samples: 12 }]);
  deepEqual([...file.report.lost], [["reused", 12]]);
});

Deno.test("a run that is cut off in a scan keeps the whole scans of its last buffer", async () => {
  const { blocks, error } = await drain([{}, { throws: NO }], { rest: [{ codes: 8 }] });
  deepEqual(blocks, [[0, 4, 0, codesAt(0, 4)], [4, 2, 0, codesAt(4, 2)]]);
  equal(error, "no");
  const stopped = await drain([{}], { rest: [{ codes: 8 }] });
  deepEqual(stopped.blocks.map(([first, samples]) => [first, samples]), [[0, 4], [4, 2]]);
  equal(stopped.error, null, "which is no error");
});

Deno.test("a buffer that ends inside a scan in mid-run ends the run, as all that follow would be shifted", async () => {
  const { blocks, error, calls } = await drain([{ codes: 11 }], { policy: "skip" });
  deepEqual(blocks, [[0, 3, 0, codesAt(0, 3)]]);
  ok(error!.includes("inside a scan: it holds 11 codes, and a scan has 3"), error!);
  equal(calls.at(-1), "end");
});

Deno.test("W-23 a finite run is cut at its last sample, also where that is lost", async () => {
  deepEqual((await drain([{}, {}, {}], { samplesPerChannel: 6 })).blocks.map(([first, n]) => [first, n]), [[0, 4], [
    4,
    2,
  ]]);
  const { blocks, lost } = await drain([{}, { lost: 5 }], { samplesPerChannel: 10 });
  deepEqual(blocks.map(([first, n]) => [first, n]), [[0, 4]]);
  deepEqual(lost, [{ cause: "reused", blocks: 5, samples: 6 }], "no more is lost than was to come");
});

Deno.test("a buffer that is refused back costs nothing but an error", async () => {
  const skip = await drain([{}, {}], { policy: "skip", refuseGiveBack: NO });
  deepEqual([skip.blocks.length, skip.errors, skip.error, skip.lost], [2, ["no"], null, []]);
  const raise = await drain([{}, {}], { policy: "raise", refuseGiveBack: NO });
  deepEqual([raise.blocks.length, raise.errors, raise.error, raise.lost], [2, [], "no", []]);
});

Deno.test("what the board had done before an error is delivered behind it", async () => {
  const { blocks, error, calls } = await drain([{}, { throws: NO }, {}, {}], { rest: [{}] });
  deepEqual(blocks.map(([first]) => first), [0, 4, 8, 12]);
  equal(error, "no");
  deepEqual(calls, ["begin", "start", "abort", "flush", "end"]);
});

Deno.test("an error that does not pass ends the run after sixteen tries", async () => {
  const { errors, error } = await drain(Array.from({ length: 100 }, () => ({ throws: NO })), { policy: "skip" });
  equal(errors.length, 15);
  equal(error, "no");
});

Deno.test("a buffer between two errors shows that the board is alive", async () => {
  const steps: Step[] = Array.from({ length: 40 }, (_, i): Step => i % 2 === 0 ? { throws: NO } : {});
  const { errors, error, blocks } = await drain(steps, { policy: "skip" });
  deepEqual([errors.length, error, blocks.length], [20, null, 20]);
});

Deno.test("buffers are taken before the event that came after them", async () => {
  const { blocks, errors, news } = await drain([{ event: "overrun" }, {}, {}], { policy: "return" });
  deepEqual(blocks.map(([first]) => first), [0, 4]);
  equal(errors.length, 1);
  const kinds = news.map(({ type }) => type).filter((type) => type !== "lost");
  deepEqual(kinds, ["started", "block", "block", "error", "anchored", "ended"]);
});

for (const event of ["overrun", "queue_done", "trigger_error", "stopped"] as const) {
  Deno.test(`${event} starts the board again unless an error is to end the run`, async () => {
    const { calls, lost, error } = await drain([{}, { event }], { policy: "skip" });
    deepEqual(calls, [
      ...["begin", "start", "abort", "flush", "end"],
      ...["begin", "start", "stop", "flush", "end"],
    ]);
    equal(error, null);
    equal(lost.length, 1);
    equal(lost[0]!.blocks, 1);
    const raised = await drain([{}, { event }], { policy: "raise" });
    deepEqual(raised.calls, ["begin", "start", "abort", "flush", "end"]);
    ok(raised.error!.includes("PAPER(00)"));
    equal(raised.lost.length, 1);
  });
}

Deno.test("what a board that ended by itself leaves half-filled is no error, also in mid-scan", async () => {
  await using dir = await tempDir();
  const plan = { policy: "skip", rest: [{}, { codes: 8 }], raw: dir.file("a") } as const;
  const { blocks, error, errors, lost, news } = await drain([{}, { event: "overrun" }], plan);
  deepEqual(blocks.map(([first, samples]) => [first, samples]), [[0, 4], [4, 4], [8, 2]]);
  deepEqual([error, errors.length], [null, 1]);
  const restarted = news.find((one) => one.type === "anchored")!;
  equal(lost[0]!.samples, restarted.anchor.index - 10, "what was taken on the way is not lost");
  await using file = await openRaw(dir.file("a"));
  equal(file.report.samples, 10);
});

Deno.test("a board that is gone is lost once, whoever tells it first", async () => {
  const gone = new DtolConnectionError("gone");
  const told: Step[][] = [[{}, { event: "removed" }], [{}, { throws: gone }, { throws: gone }]];
  for (const steps of told) {
    const { lost, error } = await drain(steps, { policy: "skip", rest: [{ throws: gone }] });
    deepEqual(lost, [{ cause: "removed", blocks: 1, samples: 0 }]);
    ok(error!.includes("gone"));
  }
});

/** [first sample, block, codes of channel 0] of each answer, or why there is none. */
function answers({ news }: Run): unknown[] {
  return news.filter((one) => one.type === "filling").map(({ block, error }) => {
    if (block === null) return error === null ? null : error.message;
    const { firstSampleIndex, blockIndex, samples, codes } = block;
    equal(codes.length, samples * CHANNELS);
    for (let channel = 1; channel < CHANNELS; channel++) {
      equal(codes[channel * samples], codes[0]! + channel);
    }
    return [firstSampleIndex, blockIndex, [...codes.subarray(0, samples)]];
  });
}

Deno.test("W-27 what was given of a buffer is not given again, and its index is the one that it has in its block", async () => {
  const run = await drain([{ asks: 3 }, { asks: 3 }, { asks: 11 }, {}, { asks: 12 }, { asks: 12 }, {}, { asks: 2 }]);
  deepEqual(answers(run), [
    [0, 0, codesAt(0, 1)],
    null,
    [1, 0, codesAt(1, 2)], // the fourth scan is not complete
    [4, 1, codesAt(4, 4)],
    null,
    null,
  ]);
  deepEqual(run.blocks, [0, 4].map((first) => [first, 4, 0, codesAt(first, 4)]));
});

Deno.test("W-27 buffers that wait, and blocks that were lost, are counted before it", async () => {
  const run = await drain([{}, { asks: 6, before: 2 }, {}, { lost: 2 }, { asks: 3 }, { asks: 3, before: 1 }]);
  deepEqual(answers(run), [[12, 3, codesAt(12, 2)], [20, 5, codesAt(20, 1)], [24, 6, codesAt(24, 1)]]);
});

Deno.test("W-27 no more is given than the run is to have", async () => {
  const steps: Step[] = [{ asks: 3 }, { asks: 12, before: 1 }, { asks: 12, before: 2 }, {}, { asks: 12 }, {}, {
    asks: 3,
  }];
  const run = await drain(steps, { samplesPerChannel: 6 });
  deepEqual(answers(run), [[0, 0, codesAt(0, 1)], [4, 1, codesAt(4, 2)], null, null]);
  deepEqual(run.blocks.map(([first, samples]) => [first, samples]), [[0, 4], [4, 2]]);
});

Deno.test("W-27 a refusal is told to who asked, and the run goes on", async () => {
  const run = await drain([{ asks: NO }, {}, { asks: null }, { asks: 3 }]);
  deepEqual(answers(run), ["no", null, [4, 1, codesAt(4, 1)]]);
  deepEqual([run.error, run.errors], [null, []]);
  const unable = await drain([{ asks: 3 }], { cannotPeek: true });
  deepEqual(answers(unable), ['Cannot read the buffer being filled of "PAPER(00)" as its backend cannot']);
  equal(unable.error, null);
});

Deno.test("W-27 where buffers are not in order any more the run ends, or begins anew: then all is new", async () => {
  const steps: Step[] = [{}, { asks: 6 }, { asks: new DtolReadError("mixed up") }, { event: "disordered" }];
  const raised = await drain([...steps]);
  deepEqual(answers(raised), [[4, 1, codesAt(4, 2)], "mixed up"]);
  ok(raised.error!.includes("Read whole blocks only"), raised.error!);
  deepEqual(raised.lost, [{ cause: "reused", blocks: 1, samples: 0 }]);
  const skipped = await drain([...steps, { asks: 3 }], { policy: "skip" });
  equal(skipped.error, null);
  equal(skipped.lost[0]!.cause, "reused");
  const again = skipped.news.filter((one) => one.type === "filling").at(-1)!.block!;
  const { anchor } = skipped.news.find((one) => one.type === "anchored")!;
  deepEqual([again.firstSampleIndex, again.samples, again.blockIndex], [anchor.index, 1, 2]);
});

Deno.test("W-27 who asks a run that ends gets nothing, at once", async () => {
  const run = await drain([{}, { throws: NO, asked: true }], { rest: [{}] });
  deepEqual(run.news.map(({ type }) => type), ["started", "block", "filling", "block", "ended"]);
  deepEqual(answers(run), [null]);
});

Deno.test("a full ring is told with the block, and the drainer goes on", async () => {
  const { news } = await drain([{}, {}, {}, {}], { slots: 2 });
  deepEqual(news.flatMap((one) => one.type === "block" ? [one.inRing] : []), [true, true, false, false]);
});

Deno.test("a disk that is full ends the run: what was written stays, what was not is counted and not delivered", async () => {
  await using dir = await tempDir();
  const script = `
    import { record } from "${new URL("../../src/acquire/record.ts", import.meta.url)}";
    import { openDevice } from "${new URL("../../src/acquire/session.ts", import.meta.url)}";
    import { SimulatedBackend } from "${new URL("../../src/board/simulated.ts", import.meta.url)}";
    import { AnalogInputVoltage } from "${new URL("../../src/model/channels.ts", import.meta.url)}";
    import { TaskSpec } from "${new URL("../../src/model/spec.ts", import.meta.url)}";
    const backend = new SimulatedBackend({ signal: { kind: "counting" } });
    const spec = new TaskSpec({
      channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
      timing: { rateHz: 20_000 },
      buffers: { buffers: 32, samplesPerBuffer: 50 },
    });
    const session = await openDevice(spec, { backend });
    const recording = await record(session, { raw: "${dir.file("a")}" });
    let blocks = 0, error = null;
    try { for await (const _ of recording.stream) blocks++; } catch (e) { error = [e.name, e.message]; }
    await recording.finished;
    const { produced, emitted, dropped, lost, lostBy } = recording.summary;
    console.log(JSON.stringify({ blocks, error, produced, emitted, dropped, lost, lostBy }));
    await session.close();
  `;
  const child = new Deno.Command("sh", { // a file may grow to 16 blocks of 512 or 1024 bytes, and no further
    args: ["-c", `trap '' XFSZ; ulimit -f 16; exec "$0" eval --no-check "$1"`, Deno.execPath(), script],
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout).trim();
  ok(text.startsWith("{"), new TextDecoder().decode(stderr));
  const told = JSON.parse(text);
  equal(told.error[0], "DtolSinkWriteError", text);
  ok(told.error[1].includes(dir.file("a")), told.error[1]);
  ok(told.lostBy.write_failed >= 1, text);
  equal(told.produced, told.emitted + told.dropped + told.lost);
  await using file = await openRaw(dir.file("a"));
  const report = await file.verify();
  deepEqual([report.damage, report.tornBytes, report.endedInOrder], [[], 0, false]);
  equal(report.samples, told.blocks * 50, "the stream has what the file has");
});

Deno.test("at an open gate it starts by itself, after it has told that it is ready", async () => {
  const gate = new StartGate();
  gate.open();
  const { news, calls, error } = await drain([{}], { gate });
  deepEqual(news.slice(0, 2).map(({ type }) => type), ["armed", "started"]);
  deepEqual(calls.slice(0, 2), ["begin", "start"]);
  equal(error, null);
});

Deno.test("started together with others its time begins at the moment that it is told", async () => {
  const gate = new StartGate();
  const moment = { monoNs: monotonicClock().nowNs() - 5_000_000n, tookNs: 1_000n };
  gate.openAt(moment);
  gate.shut(); // too late
  const { news, calls } = await drain([{}], { gate });
  const started = news.find((one) => one.type === "started")!;
  deepEqual([started.anchor.monoNs, started.tookNs], [moment.monoNs, moment.tookNs]);
  const utcNs = Temporal.Now.instant().epochNanoseconds - (monotonicClock().nowNs() - moment.monoNs);
  ok(Math.abs(Number(started.anchor.utcNs - utcNs)) < 1e9);
  deepEqual(calls.slice(0, 2), ["begin", "started already"]);
});

Deno.test("before a gate that stays shut everything is given back, and no file is left", async () => {
  await using dir = await tempDir();
  const gate = new StartGate();
  gate.shut();
  gate.open(); // too late
  const { news, calls, error } = await drain([{}], { gate, raw: dir.file("a.dt-raw") });
  deepEqual(news.map(({ type }) => type), ["armed", "failed"]);
  deepEqual(calls, ["begin", "end"]);
  ok(error!.includes("others could not be started"), error!);
  deepEqual([...Deno.readDirSync(dir.path)], []);
});

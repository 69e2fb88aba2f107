/**
 * What nobody has been able to look up about the SDK, and a board on the bench answers without any wiring.
 *
 * @module
 */

import { OL_ENC, OLSS, OLSSC, OLSSCE } from "../../ffi/constants.ts";
import { codesToVolts } from "../convert/scaling.ts";
import { answerOf, type Bench, LPARAM, messageName, type RunNews } from "./bench.ts";

/** What a check found out. */
export interface Found {
  /** The answer in one sentence. */
  readonly answer: string;
  /** What it rests on. */
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** Whether it contradicts what this library takes for granted. */
  readonly surprise?: boolean;
}

/** A question and the way to its answer. */
export interface Question {
  /** Short name, for reports. */
  readonly id: string;
  /** The question. */
  readonly text: string;
  /** Finds it out. */
  ask(bench: Bench): Promise<Found> | Found;
}

const CODES = 65_536;
/** A rate that every board of the family can do. */
const CALM = { clockHz: 1000, channels: 2, codesPerBuffer: 100 } as const;

/** All questions, in the order in which they are asked. Inputs only. */
export const QUESTIONS: readonly Question[] = [
  { id: "clock", text: "Which clock comes back for which asked?", ask: clock },
  { id: "messages", text: "Which messages come in a normal run, and what do they carry?", ask: normalRun },
  { id: "scan-clock", text: "Does the clock count single samples or scans?", ask: scanClock },
  { id: "overrun", text: "Which message comes when nobody fetches the buffers?", ask: overrun },
  { id: "queue-done", text: "Which message comes when the buffers run out under wrap mode NONE?", ask: queueDone },
  { id: "in-process", text: "Does a look at the buffer in process leave its samples there?", ask: inProcess },
  { id: "polling", text: "Do buffers come to a program that has no window and only asks?", ask: polling },
  { id: "notification", text: "Does the notification procedure work with a second olDaConfig?", ask: notification },
  {
    id: "code-to-volts",
    text: "Does olDaCodeToVolts agree with our converter, over all 65,536 codes?",
    ask: codeToVolts,
  },
  { id: "volts-to-code", text: "How does olDaVoltsToCode round and clamp?", ask: voltsToCode },
  {
    id: "prototypes",
    text: "What do GetSingleValueEx and SetChannelRange answer when called rightly?",
    ask: prototypes,
  },
  { id: "single-values", text: "What do the inputs read now, one by one?", ask: singleValues },
  { id: "buffers", text: "What is the unit of olDmGetBufferSize, and what does an empty Done answer?", ask: buffers },
  { id: "states", text: "What do calls answer that do not fit the state?", ask: states },
];

function clock({ sdk, ad }: Bench): Found {
  const most = sdk.olDaGetSSCapsEx(ad, OLSSCE.OLSSCE_MAXTHROUGHPUT);
  const asked = [100, 333, 1000, 3000, 7001, 10_000, 33_333, 50_000].filter((hz) => hz <= most);
  const got = asked.map((hz) => {
    sdk.olDaSetClockFrequency(ad, hz);
    sdk.olDaConfig(ad);
    return sdk.olDaGetClockFrequency(ad);
  });
  const exact = asked.filter((hz, i) => got[i] === hz);
  return { answer: `exact at ${exact.join(", ")} Hz of ${asked.join(", ")} Hz`, evidence: { asked, got, most } };
}

function counts({ messages }: RunNews): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { message } of messages) counted[messageName(message)] = (counted[messageName(message)] ?? 0) + 1;
  return counted;
}

const inWords = (counted: Record<string, number>): string =>
  Object.entries(counted).map(([name, count]) => `${count} x ${name}`).join(", ") || "none";

async function normalRun(bench: Bench): Promise<Found> {
  const news = await bench.run(CALM, 2);
  const carried = news.messages.every(({ wParam, lParam }) => wParam === bench.ad && lParam === LPARAM);
  const counted = counts(news);
  return {
    answer: `${inWords(counted)} for ${news.buffers.length} buffers; wParam and lParam ${
      carried ? "as" : "NOT as"
    } expected`,
    evidence: { counted, buffers: news.buffers.length },
    surprise: !carried || news.buffers.length === 0,
  };
}

/** Samples per second over all channels, from the first full buffer to the last. */
function pace({ buffers }: RunNews): number {
  const [first, last] = [buffers[0], buffers.at(-1)];
  if (first === undefined || last === undefined || first === last) return NaN;
  const codes = buffers.slice(1).reduce((sum, buffer) => sum + buffer.codes, 0);
  return codes / (Number(last.atNs - first.atNs) / 1e9);
}

async function scanClock(bench: Bench): Promise<Found> {
  const channels = 2;
  const news = await bench.run({ clockHz: 1000, channels, codesPerBuffer: 200 }, 3);
  const codesPerS = pace(news);
  const what = Math.abs(codesPerS / 1000 - 1) < 0.1
    ? "single samples"
    : Math.abs(codesPerS / (1000 * channels) - 1) < 0.1
    ? "scans"
    : "neither";
  const rate = codesPerS.toFixed(1);
  return {
    answer: `${what}: at 1000 Hz with ${channels} channels ${rate} samples come per second`,
    evidence: { codesPerS, buffers: news.buffers.length },
    surprise: what === "neither",
  };
}

async function overrun(bench: Bench): Promise<Found> {
  const most = bench.sdk.olDaGetSSCapsEx(bench.ad, OLSSCE.OLSSCE_MAXTHROUGHPUT);
  const settings = { clockHz: Math.min(most, 50_000), channels: 1, codesPerBuffer: 500, buffers: 3 };
  const news = await bench.run(settings, 2, false);
  const counted = counts(news);
  return {
    answer: `${inWords(counted)}; after 2 s it ${news.stillRunning ? "still ran" : "had ended"}`,
    evidence: { counted, stillRunning: news.stillRunning, ...settings },
  };
}

async function queueDone(bench: Bench): Promise<Found> {
  const news = await bench.run({ ...CALM, endWhenEmpty: true }, 1.5, false);
  const counted = counts(news);
  return {
    answer: `${inWords(counted)}; after 1.5 s it ${news.stillRunning ? "still ran" : "had ended"}`,
    evidence: { counted, stillRunning: news.stillRunning },
    surprise: news.stillRunning,
  };
}

/** Two looks, one right after the other, and another one later, all into the first buffer. */
async function inProcess(bench: Bench): Promise<Found> {
  const { sdk, ad } = bench;
  if (sdk.olDaGetSSCaps(ad, OLSSC.OLSSC_SUP_INPROCESSFLUSH) === 0) {
    return { answer: "the board says that it cannot be looked at" };
  }
  const settings = { ...CALM, codesPerBuffer: 4000 };
  const lent = sdk.olDmCallocBuffer(0, 0, settings.codesPerBuffer, 2);
  const seen: number[] = [];
  const look = () => {
    sdk.olDaFlushFromBufferInprocess(ad, lent, settings.codesPerBuffer);
    if (sdk.olDaGetBuffer(ad) !== lent) {
      throw new Error("The buffer that was lent for a look did not come back at once");
    }
    seen.push(sdk.olDmGetValidSamples(lent));
  };
  try {
    const news = await bench.run(settings, 1, false, (ms) => {
      if (seen.length === 0 && ms > 300) [look, look].forEach((one) => one());
      if (seen.length === 2 && ms > 600) look();
    });
    const [first, again, later] = seen;
    const stay = first! > 0 && again! >= first!;
    return {
      answer: `they ${stay ? "stay" : "do NOT stay"}: ${first} codes, at once ${again}, and later ${later}; ` +
        inWords(counts(news)),
      evidence: { seen, counted: counts(news) },
      surprise: !stay,
    };
  } finally {
    answerOf(() => sdk.olDmFreeBuffer(lent));
  }
}

async function polling(bench: Bench): Promise<Found> {
  const { buffers } = await bench.run({ ...CALM, news: "nowhere" }, 2);
  return {
    answer: buffers.length > 0 ? `yes, ${buffers.length} in 2 s` : "no, none in 2 s: a window is needed",
    evidence: { buffers: buffers.length },
  };
}

async function notification(bench: Bench): Promise<Found> {
  const calls: string[] = [];
  using callback = closing(
    new Deno.UnsafeCallback(
      { parameters: ["u32", "u64", "i64"], result: "void" },
      (message) => void calls.push(messageName(message)),
    ),
  );
  const { buffers } = await bench.run({ ...CALM, news: callback.pointer }, 2);
  const called = calls.length === 0 ? "never called" : `called ${calls.length} times, first with ${calls[0]}`;
  return {
    answer: `${called}; ${buffers.length} buffers in 2 s`,
    evidence: { calls: calls.length, buffers: buffers.length },
  };
}

function closing(callback: { readonly pointer: Deno.PointerObject; close(): void }) {
  return { pointer: callback.pointer, [Symbol.dispose]: () => callback.close() };
}

function codeToVolts({ sdk, ad }: Bench): Found {
  const [high, low] = sdk.olDaGetRange(ad);
  const bits = sdk.olDaGetResolution(ad);
  const encoding = sdk.olDaGetEncoding(ad);
  const ours = new Float64Array(CODES);
  const codes = Uint16Array.from({ length: CODES }, (_, code) => code);
  const differences: Record<string, number> = {};
  for (const gain of [1, 10]) {
    const name = encoding === OL_ENC.OL_ENC_2SCOMP ? "twos_complement" : "binary";
    codesToVolts(codes, ours, { lowVolts: low, highVolts: high, gain, bits, encoding: name });
    let worst = 0;
    for (let code = 0; code < CODES; code++) {
      const theirs = sdk.olDaCodeToVolts(low, high, gain, bits, encoding, code);
      worst = Math.max(worst, Math.abs(theirs - ours[code]!));
    }
    differences[`gain ${gain}`] = worst;
  }
  const worst = Math.max(...Object.values(differences));
  const step = (high - low) / 2 ** bits;
  return {
    answer: worst === 0 ? "exactly" : `within ${worst.toExponential(2)} V, ${(worst / step).toFixed(4)} of a step`,
    evidence: { low, high, bits, encoding, differences },
    surprise: worst > step / 1000,
  };
}

function voltsToCode({ sdk, ad }: Bench): Found {
  const [high, low] = sdk.olDaGetRange(ad);
  const bits = sdk.olDaGetResolution(ad);
  const encoding = sdk.olDaGetEncoding(ad);
  const step = (high - low) / 2 ** bits;
  const ask = (volts: number) => answerOf(() => sdk.olDaVoltsToCode(low, high, 1, bits, encoding, volts));
  const evidence = {
    "0.4 steps above 0 V": ask(0.4 * step),
    "0.6 steps above 0 V": ask(0.6 * step),
    "upper end": ask(high),
    "above": ask(high * 2),
    "below": ask(low * 2),
  };
  return { answer: Object.entries(evidence).map(([what, answer]) => `${what}: ${answer}`).join("; "), evidence };
}

function prototypes(bench: Bench): Found {
  const { sdk, ad } = bench;
  bench.setSingleValue();
  const [high, low] = sdk.olDaGetRange(ad);
  const evidence = {
    olDaGetSingleValue: answerOf(() => sdk.olDaGetSingleValue(ad, 0, 1)),
    "olDaGetSingleValueEx, fixed gain": answerOf(() => sdk.olDaGetSingleValueEx(ad, 0, false, 1)),
    "olDaGetSingleValueEx, autoranging": answerOf(() => sdk.olDaGetSingleValueEx(ad, 0, true, 1)),
    olDaSetChannelRange: answerOf(() => sdk.olDaSetChannelRange(ad, 0, high, low)),
    olDaGetChannelRange: answerOf(() => sdk.olDaGetChannelRange(ad, 0)),
  };
  return { answer: Object.entries(evidence).map(([call, answer]) => `${call}: ${answer}`).join("; "), evidence };
}

function singleValues(bench: Bench): Found {
  bench.setSingleValue();
  const evidence: Record<string, string> = {};
  for (let channel = 0; channel < 4; channel++) {
    evidence[`channel ${channel}`] = answerOf(() => bench.sdk.olDaGetSingleValue(bench.ad, channel, 1));
  }
  return { answer: Object.entries(evidence).map(([which, answer]) => `${which}: ${answer}`).join("; "), evidence };
}

function buffers(bench: Bench): Found {
  const { sdk, ad } = bench;
  const buffer = sdk.olDmCallocBuffer(0, 0, 100, 2);
  try {
    const size = sdk.olDmGetBufferSize(buffer);
    const unit = size === 200 ? "bytes" : size === 100 ? "samples" : "neither bytes nor samples";
    const empty = answerOf(() => sdk.olDaGetBuffer(ad));
    return { answer: `olDmGetBufferSize counts ${unit}; an empty Done answers ${empty}`, evidence: { size, empty } };
  } finally {
    sdk.olDmFreeBuffer(buffer);
  }
}

function states(bench: Bench): Found {
  const { sdk, ad, hdev } = bench;
  bench.setContinuous(CALM);
  const throughQuery = () => {
    const handle = sdk.olDaGetDASSForQuery(hdev, OLSS.OLSS_AD, 0);
    try {
      sdk.olDaSetClockFrequency(handle, 1000);
    } finally {
      sdk.olDaReleaseDASS(handle);
    }
  };
  const evidence = {
    "stop before a start": answerOf(() => sdk.olDaStop(ad)),
    "start without buffers": answerOf(() => sdk.olDaStart(ad)),
    "the same input a second time": answerOf(() => sdk.olDaGetDASS(hdev, OLSS.OLSS_AD, 0)),
    "a setter through a query handle": answerOf(throughQuery),
    "a quadrature decoder": answerOf(() => sdk.olDaGetDASS(hdev, OLSS.OLSS_QUAD, 0)),
  };
  return { answer: Object.entries(evidence).map(([what, answer]) => `${what}: ${answer}`).join("; "), evidence };
}

/**
 * A day with a board on the bench: the open questions about the SDK, asked one after the other.
 *
 * @module
 */

import { openSdk } from "../ffi/open_layers.ts";
import { translated } from "./board/dataacq_errors.ts";
import { DtolResourceError } from "./errors.ts";
import { Bench } from "./hardware_day/bench.ts";
import { OUTPUT_QUESTIONS } from "./hardware_day/outputs.ts";
import { QUESTIONS } from "./hardware_day/questions.ts";

/** Settings of {@linkcode hardwareDay}. */
export interface HardwareDayOptions {
  /** Folder or file of the SDK's libraries. Default: where they are installed. */
  readonly sdk?: string;
  /** The board. Default: the first one. */
  readonly board?: string;
  /** Also drive outputs: 0 V and 1 V on the analog ones, all digital lines low. Default: inputs only. */
  readonly outputs?: boolean;
}

/** What came of one question. */
export interface HardwareAnswer {
  /** Short name of the question. */
  readonly id: string;
  /** The question. */
  readonly question: string;
  /** The board that answered. */
  readonly board: string;
  /** The answer in one sentence; what went wrong if there is none. */
  readonly answer: string;
  /** Whether it could be asked to its end. */
  readonly answered: boolean;
  /** Whether the answer contradicts what this library takes for granted. */
  readonly surprise: boolean;
  /** What the answer rests on. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/**
 * Asks a board on the bench what the SDK's papers do not say. Reads inputs only, unless outputs are allowed. The board is
 * opened anew for each question, so that one that goes wrong does not spoil the next. Takes about half a minute.
 *
 * @throws {DtolError} If the SDK or the board cannot be opened.
 *
 * @example All answers
 * ```ts ignore
 * import { hardwareDay } from "@dtollib/dtollib";
 *
 * for await (const { question, answer } of hardwareDay()) console.log(question, answer);
 * ```
 */
export async function* hardwareDay(options: HardwareDayOptions = {}): AsyncGenerator<HardwareAnswer> {
  const { sdk: folder, outputs = false } = options;
  using sdk = opened(() => openSdk(folder === undefined ? {} : { sdk: folder }));
  const board = options.board ?? sdk.olDaEnumBoards()[0]?.name;
  if (board === undefined) throw new DtolResourceError("Cannot ask a board as none is registered");
  opened(() => new Bench(sdk, board), board)[Symbol.dispose](); // found wrong here, and not at every question
  const surroundings = { oldaapi: sdk.olDaGetVersion(), olmem: sdk.olDmGetVersion(), simulated: sdk.simulated };
  yield {
    ...{ id: "versions", question: "Which libraries answered?", board, answered: true, surprise: false },
    answer: `oldaapi ${surroundings.oldaapi}, olmem ${surroundings.olmem}${sdk.simulated ? ", simulated" : ""}`,
    evidence: surroundings,
  };
  for (const { id, text, ask } of outputs ? [...QUESTIONS, ...OUTPUT_QUESTIONS] : QUESTIONS) {
    const about = { id, question: text, board };
    try {
      using bench = new Bench(sdk, board);
      const { answer, evidence = {}, surprise = false } = await ask(bench);
      yield { ...about, answer, answered: true, surprise, evidence };
    } catch (error) {
      const answer = error instanceof Error ? error.message : String(error);
      yield { ...about, answer, answered: false, surprise: true, evidence: {} };
    }
  }
}

function opened<T>(open: () => T, board?: string): T {
  try {
    return open();
  } catch (error) {
    throw translated(error, "Cannot open the board", board);
  }
}

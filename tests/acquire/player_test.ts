/** The player on a board of paper: what it asks of a board that is in no hurry. */
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { Control } from "../../src/acquire/messages.ts";
import { PlayRing, playRingShape } from "../../src/acquire/play_ring.ts";
import { Player, type PlayerNews } from "../../src/acquire/player.ts";
import type { Intake, IntakeEvent, TakenBuffer } from "../../src/board/backend.ts";
import { monotonicClock } from "../../src/clock.ts";

monotonicClock(); // opened once and kept

const CODES = 4;

/** A board that begins with a buffer, and is done with the one before, only when it is waited for. */
class IdleBoard implements Intake {
  /** The codes of each buffer that left. */
  readonly left: number[][] = [];
  #fresh = 0;
  #lent: Uint16Array<ArrayBuffer> | null = null;
  #ready: number[][] = [];
  #inProgress: number[] | null = null;
  #done = 0;
  #runs = false;

  begin({ buffers }: { readonly buffers: number }): void {
    this.#fresh = buffers;
  }
  start(): void {
    this.#runs = true;
    this.#next();
  }
  wait(): readonly IntakeEvent[] {
    if (this.#runs) this.#next();
    return this.#runs ? [] : ["io_complete"];
  }
  take(): TakenBuffer | null {
    if (this.#fresh > 0) this.#fresh--;
    else if (this.#done > 0) this.#done--;
    else return null;
    this.#lent = new Uint16Array(CODES);
    return { codes: this.#lent, lostBefore: 0 };
  }
  waiting(): number {
    return this.#ready.length;
  }
  giveBack(filled = CODES): void {
    if (filled > 0) this.#ready.push([...this.#lent!.subarray(0, filled)]);
  }
  stop(): Promise<void> {
    this.#finish();
    this.#runs = false;
    return Promise.resolve();
  }
  flush(): void {}
  end(): void {}

  #next(): void {
    this.#finish();
    this.#inProgress = this.#ready.shift() ?? null;
  }

  #finish(): void {
    if (this.#inProgress === null) return;
    this.left.push(this.#inProgress);
    this.#inProgress = null;
    this.#done++;
  }
}

Deno.test("a last buffer that the board has not begun with is not stopped away", { permissions: "none" }, async () => {
  const shape = playRingShape("uint16", CODES, 8);
  const ring = new PlayRing(shape);
  const buffers = [0, 1, 2].map((k) => Uint16Array.from({ length: CODES }, (_, i) => k * CODES + i));
  for (const codes of buffers) ring.put(codes);
  ring.end();
  const board = new IdleBoard();
  const news: PlayerNews[] = [];
  const order = {
    ticket: { backend: "paper", board: "PAPER(00)" },
    plan: { buffers: 1, codesPerBuffer: CODES }, // one at a time: it is never given one while another is in progress
    ...{ channels: 1, rateHz: 1000, timeoutMs: 10_000, loops: false, restarts: false },
    ...{ play: shape, control: new Control().memory, gate: null },
  };
  await new Player(order, board, (one) => news.push(one)).run();
  deepEqual(board.left, buffers.map((codes) => [...codes]));
  deepEqual(news.at(-1), { type: "ended", error: null, left: { hangs: false, mayRun: false, isDeaf: false } });
});

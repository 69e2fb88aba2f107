/**
 * The buffers of a run: who has each of them, and which comes next.
 *
 * @module
 */

import { DtolTaskStateError } from "../errors.ts";
import type { BufferState } from "../model/enums.ts";

/**
 * The state of every buffer, and the order in which the board fills those it has.
 *
 * A board that finds no empty buffer may fill a full one again that nobody has fetched. It tells so in a message, which
 * may come late or never; but as buffers come back in the order they were given, one that is passed over shows it too. So
 * a lost block is counted, and counted at its place, also when the message fails (unless the program is so slow for so
 * long that a buffer is passed over again before it was fetched once). A block whose place neither messages nor order tell
 * for certain is given up: one more is lost, and none is misplaced.
 */
export class BufferPool<H extends bigint> {
  readonly #states = new Map<H, BufferState>();
  /** What the board has, in the order in which it fills them. */
  readonly #order: H[] = [];
  /** Filled again unread: where the board has put such a buffer among those given meanwhile is not certain. */
  readonly #again = new Set<H>();
  /** Whose places are not known, since the board went on at a bad moment: they tell nothing until they were fetched. */
  readonly #unsure = new Set<H>();
  #lost = 0;
  /** Losses that were seen by their order, whose messages may still come. */
  #foreseen = 0;
  /** Buffers that came in their turn since the last trouble. */
  #inTurn = Infinity;

  /** Adds a buffer, which is ours at first. */
  add(buffer: H): void {
    this.#states.set(buffer, "idle");
  }

  /** All buffers that have not been released. */
  get buffers(): H[] {
    return [...this.#states.keys()].filter((buffer) => this.state(buffer) !== "released");
  }

  /** Buffers that are ours. */
  get idle(): H[] {
    return this.buffers.filter((buffer) => this.state(buffer) === "idle");
  }

  /**
   * Whether it is certain how many buffers the board has filled before the one that it fills now: for a whole round none was
   * overwritten, so that the order of those that came would have shown one that no message told.
   */
  get isSure(): boolean {
    return this.#inTurn >= this.buffers.length;
  }

  /** Whether a buffer is one of the run's. */
  has(buffer: H): boolean {
    return this.#states.has(buffer);
  }

  /** Who has a buffer. */
  state(buffer: H): BufferState {
    const state = this.#states.get(buffer);
    if (state === undefined) throw new DtolTaskStateError(`Buffer 0x${buffer.toString(16)} is not one of this run`);
    return state;
  }

  /**
   * A buffer was given to the board.
   *
   * @param buffer Which.
   * @param told Messages of reuses that have come since the last look: nobody can tell whether those went before it.
   */
  queue(buffer: H, told: number): void {
    this.#move(buffer, ["idle", "completed"], "queued");
    this.#order.push(buffer);
    if (told > this.#foreseen) this.#doubt();
    for (let i = 0; i < told; i++) this.reused();
  }

  /** The board told that it fills its oldest full buffer again. */
  reused(): void {
    if (this.#foreseen > 0) {
      this.#foreseen--;
      return;
    }
    this.#passOver();
  }

  /**
   * A full buffer was fetched.
   *
   * Some of the messages that came meanwhile may tell of what the board did after that; those count before the next
   * buffer. How many they are shows in the order: the others must bring this buffer to its head. Where a whole round of
   * the board went by, both before and after is possible: then nobody can tell the place of the block.
   *
   * @param buffer Which.
   * @param told Messages of reuses that have come since the last look.
   * @returns Blocks that were overwritten unread just before it; null if its place is not certain: the block is then
   * counted among the lost, and must not be used.
   */
  complete(buffer: H, told: number): number | null {
    this.#move(buffer, ["queued"], "completed");
    const fresh = Math.max(0, told - this.#foreseen);
    this.#foreseen -= told - fresh;
    const place = this.#order.indexOf(buffer);
    const isAgain = this.#again.has(buffer);
    const isSure = this.#unsure.size === 0;
    if (fresh > 0 && (!isSure || fresh >= place + this.#order.length)) return this.#giveUp(buffer, fresh);
    const after = Math.max(0, fresh - place);
    for (let i = 0; i < fresh - after; i++) this.#passOver();
    if (isSure && !isAgain) {
      while (this.#order[0] !== buffer) {
        this.#passOver();
        this.#foreseen++;
      }
    }
    this.#remove(buffer);
    const lost = this.#lost;
    this.#lost = 0;
    if (lost === 0) this.#inTurn++;
    for (let i = 0; i < after; i++) this.#passOver();
    return lost;
  }

  /** A fetched buffer has been read and is ours. */
  settle(buffer: H): void {
    this.#move(buffer, ["completed"], "idle");
  }

  /** A buffer was freed: it must not be touched any more. */
  release(buffer: H): void {
    this.#move(buffer, ["idle", "queued", "completed"], "released");
    if (this.#order.includes(buffer)) this.#remove(buffer);
  }

  /** All that is certain is how many were lost in all; where the board now has its buffers shows when they come. */
  #giveUp(buffer: H, reused: number): null {
    this.#lost += reused + 1;
    this.#remove(buffer);
    this.#doubt();
    return null;
  }

  #doubt(): void {
    this.#inTurn = 0;
    for (const buffer of this.#order) this.#unsure.add(buffer);
  }

  #remove(buffer: H): void {
    this.#order.splice(this.#order.indexOf(buffer), 1);
    this.#again.delete(buffer);
    this.#unsure.delete(buffer);
  }

  #passOver(): void {
    this.#inTurn = 0;
    const buffer = this.#order.shift();
    if (buffer === undefined) return;
    this.#order.push(buffer);
    this.#again.add(buffer);
    this.#lost++;
    if (this.#unsure.size > 0) this.#doubt(); // it may have been any of them, or one that was given later
  }

  #move(buffer: H, from: readonly BufferState[], to: BufferState): void {
    const state = this.state(buffer);
    if (!from.includes(state)) {
      throw new DtolTaskStateError(`Buffer 0x${buffer.toString(16)} cannot become ${to} as it is ${state}`);
    }
    this.#states.set(buffer, to);
  }
}

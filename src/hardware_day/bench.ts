/**
 * One analog input on the bench, driven call by call: what the checks of a hardware day are made of.
 *
 * @module
 */

import { OL_CHNT, OL_CLK, OL_DF, OL_TRG, OL_WRP, OLDA_WM, OLSS, OLSSC } from "../../ffi/constants.ts";
import { MessageWindow, type WindowMessage } from "../../ffi/message_window.ts";
import { type OpenLayers, OpenLayersError } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass, Hdev } from "../../ffi/types.ts";
import { monotonicClock } from "../clock.ts";

/** What a run is to be. */
export interface RunSettings {
  /** The board's clock in Hz. */
  readonly clockHz: number;
  /** Places of the channel list, all at gain 1: channels from 0 on. */
  readonly channels: number;
  /** Codes in each buffer, over all channels. */
  readonly codesPerBuffer: number;
  /** Buffers. Default: 4. */
  readonly buffers?: number;
  /** Whether the run ends when no buffer is ready, or takes full ones again. Default: false. */
  readonly endWhenEmpty?: boolean;
  /** Where news go. Default: a window. */
  readonly news?: "window" | "nowhere" | Deno.PointerValue;
}

/** A full buffer and when it was seen. */
export interface SeenBuffer {
  /** Codes in it. */
  readonly codes: number;
  /** Monotonic nanoseconds of the moment when it was fetched. */
  readonly atNs: bigint;
}

/** What a run gave. */
export interface RunNews {
  /** Buffers in the order in which they were fetched. */
  readonly buffers: readonly SeenBuffer[];
  /** Messages in the order in which they came. */
  readonly messages: readonly WindowMessage[];
  /** Whether the subsystem said that it ran, when the time was over. */
  readonly stillRunning: boolean;
}

/** The value that comes back as lParam. */
export const LPARAM = 0x1234_5678_9abcn;

/** An open board with its analog input reserved. */
export class Bench implements Disposable {
  /** The SDK. */
  readonly sdk: OpenLayers;
  /** The board. */
  readonly hdev: Hdev;
  /** Its analog input. */
  readonly ad: Hdass;

  /** Opens a board and takes its analog input. */
  constructor(sdk: OpenLayers, board: string) {
    this.sdk = sdk;
    this.hdev = sdk.olDaInitialize(board);
    try {
      this.ad = sdk.olDaGetDASS(this.hdev, OLSS.OLSS_AD, 0);
    } catch (error) {
      sdk.olDaTerminate(this.hdev);
      throw error;
    }
  }

  /** Sets it for clocked buffers, in the order that was seen to work, up to the first `olDaConfig`. */
  setContinuous({ clockHz, channels, endWhenEmpty = false }: RunSettings): void {
    const { sdk, ad } = this;
    sdk.olDaSetDataFlow(ad, OL_DF.OL_DF_CONTINUOUS);
    sdk.olDaSetChannelType(ad, OL_CHNT.OL_CHNT_SINGLEENDED);
    sdk.olDaSetWrapMode(ad, endWhenEmpty ? OL_WRP.OL_WRP_NONE : OL_WRP.OL_WRP_MULTIPLE);
    sdk.olDaSetClockSource(ad, OL_CLK.OL_CLK_INTERNAL);
    sdk.olDaSetClockFrequency(ad, clockHz);
    sdk.olDaSetTrigger(ad, OL_TRG.OL_TRG_SOFT);
    sdk.olDaSetDmaUsage(ad, Math.min(1, sdk.olDaGetSSCaps(ad, OLSSC.OLSSC_NUMDMACHANS)));
    sdk.olDaSetChannelListSize(ad, channels);
    for (let i = 0; i < channels; i++) {
      sdk.olDaSetChannelListEntry(ad, i, i);
      sdk.olDaSetGainListEntry(ad, i, 1);
    }
    sdk.olDaConfig(ad);
  }

  /** Sets it for single values. */
  setSingleValue(): void {
    this.sdk.olDaSetDataFlow(this.ad, OL_DF.OL_DF_SINGLEVALUE);
    this.sdk.olDaSetChannelType(this.ad, OL_CHNT.OL_CHNT_SINGLEENDED);
    this.sdk.olDaConfig(this.ad);
  }

  /**
   * Runs for a time, and gives everything back in the SDK's order whatever happens.
   *
   * @param settings The run.
   * @param seconds How long.
   * @param fetch Whether full buffers are fetched and given back; without, the board runs into its end.
   * @param during Called again and again while it runs, with the milliseconds since its start.
   */
  async run(
    settings: RunSettings,
    seconds: number,
    fetch = true,
    during: (ms: number) => void = () => {},
  ): Promise<RunNews> {
    const { sdk, ad } = this;
    const { buffers: count = 4, codesPerBuffer, news = "window" } = settings;
    this.setContinuous(settings);
    const own: Hbuf[] = [];
    using ear = news === "window" ? MessageWindow.create(sdk.user32) : null;
    const buffers: SeenBuffer[] = [];
    const messages: WindowMessage[] = [];
    const take = () => {
      for (let one = ear?.next(); one; one = ear?.next()) messages.push(one);
      for (let buffer = fetch ? sdk.olDaGetBuffer(ad) : null; buffer !== null; buffer = sdk.olDaGetBuffer(ad)) {
        buffers.push({ codes: sdk.olDmGetValidSamples(buffer), atNs: monotonicClock().nowNs() });
        sdk.olDaPutBuffer(ad, buffer);
      }
    };
    try {
      for (let i = 0; i < count; i++) own.push(sdk.olDmCallocBuffer(0, 0, codesPerBuffer, 2));
      for (const buffer of own) sdk.olDaPutBuffer(ad, buffer);
      if (ear !== null) sdk.olDaSetWndHandle(ad, ear.hwnd, LPARAM);
      else if (news !== "nowhere") sdk.olDaSetNotificationProcedure(ad, news as Deno.PointerValue, LPARAM);
      sdk.olDaConfig(ad);
      sdk.olDaStart(ad);
      const start = performance.now();
      const until = start + seconds * 1000;
      while (performance.now() < until) {
        during(performance.now() - start);
        take();
        await new Promise((resolve) => setTimeout(resolve, 1)); // a callback needs this thread's event loop
      }
      const stillRunning = sdk.olDaIsRunning(ad);
      // Not on this thread: a library that waits for its callback to return would wait for ever.
      await this.#quietly(() => sdk.nonblocking.olDaStop(ad));
      take();
      return { buffers, messages, stillRunning };
    } finally {
      await this.#quietly(() => sdk.nonblocking.olDaAbort(ad));
      if (ear !== null) await this.#quietly(() => sdk.olDaSetWndHandle(ad, null, 0n));
      else if (news !== "nowhere") await this.#quietly(() => sdk.olDaSetNotificationProcedure(ad, null, 0n));
      await this.#quietly(() => sdk.olDaFlushBuffers(ad));
      await this.#quietly(() => {
        while (sdk.olDaGetBuffer(ad) !== null);
      });
      for (const buffer of own) await this.#quietly(() => sdk.olDmFreeBuffer(buffer));
    }
  }

  /** Gives the input and the board back. */
  [Symbol.dispose](): void {
    this.sdk.olDaReleaseDASS(this.ad);
    this.sdk.olDaTerminate(this.hdev);
  }

  /** A step of the way back: a refusal does not keep the next step from being taken. */
  async #quietly(step: () => unknown): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof OpenLayersError)) throw error;
    }
  }
}

/** What a call answers: `ok`, or the code and its name. */
export function answerOf(call: () => unknown): string {
  try {
    const value = call();
    return value === undefined ? "ok" : `ok: ${Array.isArray(value) ? value.join(", ") : value}`;
  } catch (error) {
    if (error instanceof OpenLayersError) return `${error.code} (${error.symbol ?? "no name"})`;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Name of a message. */
export function messageName(message: number): string {
  const known = Object.entries(OLDA_WM).find(([, value]) => value === message);
  return known === undefined ? String(message) : known[0].replace("OLDA_WM_", "");
}

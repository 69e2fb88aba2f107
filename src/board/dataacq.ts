/**
 * Real boards, through the DT-Open Layers DataAcq SDK. What the simulated SDK in C answers runs through here too.
 *
 * @module
 */

import { OLSS } from "../../ffi/constants.ts";
import { type OpenLayers, openSdk } from "../../ffi/open_layers.ts";
import type { Hdass, Hdev } from "../../ffi/types.ts";
import { monotonicClock } from "../clock.ts";
import { DtolResourceError } from "../errors.ts";
import { SUBSYSTEM_TYPES, type SubsystemType } from "../model/enums.ts";
import type { Backend, Board, BoardInfo, BoardVersions, StartMoment, Subsystem, SubsystemInfo } from "./backend.ts";
import { hasCode, translating, translatingAsync } from "./dataacq_errors.ts";
import { DataAcqSubsystem } from "./dataacq_subsystem.ts";

/** Settings of a {@linkcode DataAcqBackend}. */
export interface DataAcqBackendOptions {
  /** Folder or file of the SDK's libraries. Default: the environment, then where Windows keeps them. */
  readonly sdk?: string;
  /** File of the acquisition library; stands above `sdk`. */
  readonly oldaapi?: string;
  /** File of the buffer library; stands above `sdk`. */
  readonly olmem?: string;
}

const TYPE_CODES: Readonly<Record<SubsystemType, number>> = {
  analog_input: OLSS.OLSS_AD,
  analog_output: OLSS.OLSS_DA,
  digital_input: OLSS.OLSS_DIN,
  digital_output: OLSS.OLSS_DOUT,
  counter_timer: OLSS.OLSS_CT,
  quadrature: OLSS.OLSS_QUAD,
  tachometer: OLSS.OLSS_TACH,
};

/** OLSUBSYSINUSE: after an unclean end the driver keeps a subsystem for some seconds. */
const IN_USE = 20;
const IN_USE_PATIENCE_MS = 4000;
const IN_USE_RETRY_MS = 200;

/** Boards behind `oldaapi64.dll` and `olmem64.dll`, or behind the simulated SDK. Nothing is opened before the first call. */
export class DataAcqBackend implements Backend {
  /** Name in file headers. */
  readonly name = "dataacq";
  readonly #options: DataAcqBackendOptions;
  readonly #open = new Map<string, { hdev: Promise<Hdev>; users: number }>();
  #opened: OpenLayers | undefined;

  /**
   * Remembers where the SDK is.
   *
   * @param options Where to look for it.
   */
  constructor(options: DataAcqBackendOptions = {}) {
    this.#options = options;
  }

  /** Files of the SDK; opens it. With `openSdk` of `@dtollib/dtollib/ffi` they give every call of it a name. */
  get paths(): { readonly oldaapi: string; readonly olmem: string } {
    const { oldaapi, olmem } = this.#sdk.paths;
    return { oldaapi, olmem };
  }

  /** Whether the SDK is the simulated one. */
  get simulated(): boolean {
    return this.#sdk.simulated;
  }

  /** Versions of both libraries. */
  versions(): { readonly oldaapi: string; readonly olmem: string } {
    return translating(
      "Cannot read the SDK's version",
      undefined,
      () => ({ oldaapi: this.#sdk.olDaGetVersion(), olmem: this.#sdk.olDmGetVersion() }),
    );
  }

  /** The boards that are registered; none is an empty list. */
  boards(): Promise<BoardInfo[]> {
    return translatingAsync(
      "Cannot list the boards",
      undefined,
      () =>
        Promise.resolve(
          this.#sdk.olDaEnumBoards().map(({ name }) => {
            const [driver, model] = this.#sdk.olDaGetBoardInfo(name);
            return { name, model: model || name, driver };
          }),
        ),
    );
  }

  /** Opens a board; its handle is shared by all who open it, and counted. */
  async open(board: string): Promise<Board> {
    const info = (await this.boards()).find(({ name }) => name === board);
    if (info === undefined) {
      const names = (await this.boards()).map(({ name }) => name).join(", ");
      throw new DtolResourceError(`Cannot open "${board}" as no such board is registered: found ${names || "none"}`);
    }
    let entry = this.#open.get(board);
    if (entry === undefined) {
      const initialize = () => this.#sdk.nonblocking.olDaInitialize(board);
      entry = { hdev: translatingAsync("Cannot open the board", board, initialize), users: 0 };
      this.#open.set(board, entry); // before it is open, so that who comes meanwhile shares it
    }
    entry.users++;
    let hdev: Hdev;
    try {
      hdev = await entry.hdev;
    } catch (error) {
      if (this.#open.get(board) === entry) this.#open.delete(board);
      throw error;
    }
    try {
      return new DataAcqBoard(this.#sdk, info, this.versions(), hdev, () => this.#release(board));
    } catch (error) {
      await this.#release(board).catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }

  /** Closes the libraries. Close the sessions first. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#opened?.close();
    this.#opened = undefined;
    return Promise.resolve();
  }

  get #sdk(): OpenLayers {
    return this.#opened ??= translating("Cannot open the SDK", undefined, () => openSdk(this.#options));
  }

  async #release(board: string): Promise<void> {
    const entry = this.#open.get(board);
    if (entry === undefined || --entry.users > 0) return;
    this.#open.delete(board);
    const hdev = await entry.hdev;
    await translatingAsync("Cannot close the board", board, () => this.#sdk.nonblocking.olDaTerminate(hdev));
  }
}

class DataAcqBoard implements Board {
  readonly versions: BoardVersions;
  readonly subsystems: readonly SubsystemInfo[];
  #closed = false;

  constructor(
    readonly sdk: OpenLayers,
    readonly info: BoardInfo,
    versions: Omit<BoardVersions, "driver">,
    readonly hdev: Hdev,
    readonly release: () => Promise<void>,
  ) {
    const driver = translating("Cannot read the driver's version", info.name, () => sdk.olDaGetDriverVersion(hdev));
    this.versions = { ...versions, driver };
    const listed = translating("Cannot list the subsystems", info.name, () => sdk.olDaEnumSubSystems(hdev));
    this.subsystems = listed.flatMap(({ type, element }) => {
      const known = SUBSYSTEM_TYPES.find((name) => TYPE_CODES[name] === type);
      return known === undefined ? [] : [{ type: known, element }];
    });
  }

  /** A subsystem that is in use may be the remains of a program that crashed: the driver frees it after some seconds. */
  async reserve(type: SubsystemType, element: number, patienceMs = IN_USE_PATIENCE_MS): Promise<Subsystem> {
    const { name } = this.info;
    const deadline = performance.now() + Math.min(patienceMs, IN_USE_PATIENCE_MS);
    for (;;) {
      try {
        const hdass = await translatingAsync(
          `Cannot take ${type} ${element}`,
          name,
          () => this.sdk.nonblocking.olDaGetDASS(this.hdev, TYPE_CODES[type], element),
        );
        return new DataAcqSubsystem(this.sdk, name, type, hdass);
      } catch (error) {
        if (!hasCode(error, IN_USE) || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, IN_USE_RETRY_MS));
      }
    }
  }

  startTogether(subsystems: readonly Subsystem[]): Promise<StartMoment> {
    const { sdk } = this;
    return translatingAsync("Cannot start subsystems together", this.info.name, async () => {
      const list = sdk.olDaGetSSList();
      try {
        for (const { handle } of subsystems) sdk.olDaPutDassToSSList(list, handle as Hdass);
        await sdk.nonblocking.olDaSimultaneousPrestart(list);
        const startedNs = monotonicClock().nowNs();
        try {
          await sdk.nonblocking.olDaSimultaneousStart(list);
        } catch (error) { // they count as running, all of them: what failed first is what is told
          for (const { handle } of subsystems) await sdk.nonblocking.olDaAbort(handle as Hdass).catch(() => {});
          throw error;
        }
        const tookNs = monotonicClock().nowNs() - startedNs;
        return { monoNs: startedNs + tookNs / 2n, tookNs };
      } finally {
        sdk.olDaReleaseSSList(list); // the subsystems on it stay taken
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.release();
  }
}

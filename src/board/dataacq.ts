/**
 * Real boards, through the DT-Open Layers DataAcq SDK. What the simulated SDK in C answers runs through here too.
 *
 * @module
 */

import { OL_CHNT, OL_CLK, OL_DF, OL_ENC, OL_ENUM, OL_TRG, OL_WRP, OLSS, OLSSC, OLSSCE } from "../../ffi/constants.ts";
import { type OpenLayers, OpenLayersError, openSdk } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass, Hdev } from "../../ffi/types.ts";
import { monotonicClock } from "../clock.ts";
import { type CodeType, codeTypeFor } from "../convert/codes.ts";
import { DtolCapabilityError, DtolResourceError, DtolTaskStateError } from "../errors.ts";
import { SUBSYSTEM_TYPES, type SubsystemType } from "../model/enums.ts";
import type {
  AppliedSettings,
  Backend,
  Board,
  BoardInfo,
  BoardVersions,
  Capabilities,
  IntakeTicket,
  ListEntry,
  OutputValue,
  StartMoment,
  Subsystem,
  SubsystemInfo,
  SubsystemSettings,
} from "./backend.ts";
import { hasCode, translating, translatingAsync } from "./dataacq_errors.ts";

/** Settings of a {@linkcode DataAcqBackend}. */
export interface DataAcqBackendOptions {
  /** Folder or file of the SDK's libraries. Default: the environment, then where Windows keeps them. */
  readonly sdk?: string;
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
const MAX_UNFREED = 1024;

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
        await sdk.nonblocking.olDaSimultaneousStart(list);
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

/** What the drainer's thread gets: plain data. */
export interface DataAcqTicket extends IntakeTicket {
  /** Files that were opened: the same libraries, and so the same handles, on every thread of the process. */
  readonly paths: { readonly oldaapi: string; readonly olmem: string };
  /** The subsystem. */
  readonly hdass: bigint;
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Takes the buffers that a board which is gone does not let be freed: how many, then their handles. */
  readonly unfreed: SharedArrayBuffer;
}

class DataAcqSubsystem implements Subsystem {
  readonly handle: Hdass;
  readonly #sdk: OpenLayers;
  readonly #board: string;
  readonly #type: SubsystemType;
  readonly #unfreed = new BigUint64Array(new SharedArrayBuffer(8 * (1 + MAX_UNFREED)));
  #applied: Omit<AppliedSettings, "ticket"> | undefined;
  #floats = false;

  constructor(sdk: OpenLayers, board: string, type: SubsystemType, hdass: Hdass) {
    this.#sdk = sdk;
    this.#board = board;
    this.#type = type;
    this.handle = hdass;
  }

  capabilities(): Promise<Capabilities> {
    const ask = () => ({
      singleValue: this.#has(OLSSC.OLSSC_SUP_SINGLEVALUE),
      continuous: this.#has(OLSSC.OLSSC_SUP_CONTINUOUS),
      simultaneous: this.#has(OLSSC.OLSSC_SUP_SIMULTANEOUS_CLOCKING),
      singleEndedChannels: this.#count(OLSSC.OLSSC_MAXSECHANS),
      differentialChannels: this.#count(OLSSC.OLSSC_MAXDICHANS),
      channels: this.#count(OLSSC.OLSSC_NUMCHANNELS),
      listDepth: this.#count(OLSSC.OLSSC_CGLDEPTH),
      ranges: this.#list(OL_ENUM.OL_ENUM_RANGES).map(([high, low]) => ({ low, high })),
      gains: this.#list(OL_ENUM.OL_ENUM_GAINS).map(([gain]) => gain),
      bits: this.#ask(() => this.#sdk.olDaGetResolution(this.handle)) ?? 0,
      maxClockHz: this.#ask(() => this.#sdk.olDaGetSSCapsEx(this.handle, OLSSCE.OLSSCE_MAXTHROUGHPUT)),
      minClockHz: this.#ask(() => this.#sdk.olDaGetSSCapsEx(this.handle, OLSSCE.OLSSCE_MINTHROUGHPUT)),
      dmaChannels: this.#count(OLSSC.OLSSC_NUMDMACHANS),
      returnsFloats: this.#has(OLSSC.OLSSC_RETURNS_FLOATS),
    });
    const doing = `Cannot ask what ${this.#type} can do`;
    return translatingAsync(doing, this.#board, () => Promise.resolve().then(ask));
  }

  /** The order of these calls is the one that was seen to work: each setter is judged against those before it. */
  configure(settings: SubsystemSettings): Promise<AppliedSettings> {
    return translatingAsync(`Cannot configure ${this.#type}`, this.#board, async () => {
      const { handle: h } = this;
      const sdk = this.#sdk;
      const clocked = settings.clockHz !== null;
      sdk.olDaSetDataFlow(h, clocked ? OL_DF.OL_DF_CONTINUOUS : OL_DF.OL_DF_SINGLEVALUE);
      sdk.olDaSetChannelType(h, wiringCode(settings.channelType));
      sdk.olDaSetRange(h, settings.range.high, settings.range.low);
      if (clocked) this.#setClocked(settings, settings.clockHz!);
      await sdk.nonblocking.olDaConfig(h);
      this.#floats = this.#has(OLSSC.OLSSC_RETURNS_FLOATS);
      const [high, low] = sdk.olDaGetRange(h);
      this.#applied = {
        clockHz: clocked ? sdk.olDaGetClockFrequency(h) : null,
        range: { low, high },
        bits: sdk.olDaGetResolution(h),
        encoding: sdk.olDaGetEncoding(h) === OL_ENC.OL_ENC_2SCOMP ? "twos_complement" : "binary",
      };
      return { ...this.#applied, ticket: clocked ? this.#ticket(this.#applied) : null };
    });
  }

  async read(places: readonly ListEntry[]): Promise<number[]> {
    if (this.#applied === undefined) throw this.#notConfigured("read");
    const { olDaGetSingleFloat, olDaGetSingleValue } = this.#sdk.nonblocking;
    const read = this.#floats ? olDaGetSingleFloat : olDaGetSingleValue;
    const values: number[] = [];
    for (const { physicalChannel, gain } of places) {
      const call = () => read(this.handle, physicalChannel, gain);
      values.push(await translatingAsync(`Cannot read input ${physicalChannel}`, this.#board, call));
    }
    return values;
  }

  async write(values: readonly OutputValue[]): Promise<void> {
    if (this.#applied === undefined) throw this.#notConfigured("write to");
    const { olDaPutSingleValue } = this.#sdk.nonblocking;
    for (const { physicalChannel, code } of values) {
      const call = () => olDaPutSingleValue(this.handle, code, physicalChannel, 1);
      await translatingAsync(`Cannot write to output ${physicalChannel}`, this.#board, call);
    }
  }

  async start(): Promise<void> {
    await translatingAsync(
      `Cannot start ${this.#type}`,
      this.#board,
      () => this.#sdk.nonblocking.olDaStart(this.handle),
    );
  }

  async stop(now: boolean): Promise<void> {
    const { olDaAbort, olDaStop } = this.#sdk.nonblocking;
    const call = now ? olDaAbort : olDaStop;
    await translatingAsync(`Cannot ${now ? "abort" : "stop"} ${this.#type}`, this.#board, () => call(this.handle));
  }

  isRunning(): Promise<boolean> {
    return translatingAsync(
      `Cannot ask ${this.#type}`,
      this.#board,
      () => Promise.resolve(this.#sdk.olDaIsRunning(this.handle)),
    );
  }

  #ticket({ bits, encoding }: Omit<AppliedSettings, "ticket">): DataAcqTicket {
    const { oldaapi, olmem } = this.#sdk.paths;
    const unfreed = this.#unfreed.buffer;
    const type = codeTypeFor(bits, encoding, this.#floats);
    return { backend: "dataacq", board: this.#board, paths: { oldaapi, olmem }, hdass: this.handle, type, unfreed };
  }

  async release(): Promise<void> {
    try {
      await translatingAsync(
        `Cannot give ${this.#type} back`,
        this.#board,
        () => this.#sdk.nonblocking.olDaReleaseDASS(this.handle),
      );
    } finally {
      this.#freeRest();
    }
  }

  #notConfigured(what: string): DtolTaskStateError {
    return new DtolTaskStateError(`Cannot ${what} "${this.#board}" as its ${this.#type} is not configured yet`);
  }

  /** Buffers that were still queued on a board that went away: now that nothing holds them they can be freed. */
  #freeRest(): void {
    const count = Number(this.#unfreed[0]);
    this.#unfreed[0] = 0n;
    for (const buffer of this.#unfreed.subarray(1, 1 + count)) {
      try {
        this.#sdk.olDmFreeBuffer(buffer as Hbuf);
      } catch (error) {
        if (!(error instanceof OpenLayersError)) throw error; // memory is lost then, and nothing else
      }
    }
  }

  #setClocked(settings: SubsystemSettings, clockHz: number): void {
    const { handle: h } = this;
    const sdk = this.#sdk;
    sdk.olDaSetWrapMode(h, settings.wrapMode === "none" ? OL_WRP.OL_WRP_NONE : OL_WRP.OL_WRP_MULTIPLE);
    sdk.olDaSetClockSource(h, OL_CLK.OL_CLK_INTERNAL);
    sdk.olDaSetClockFrequency(h, clockHz);
    sdk.olDaSetTrigger(h, OL_TRG.OL_TRG_SOFT);
    sdk.olDaSetDmaUsage(h, Math.min(1, this.#count(OLSSC.OLSSC_NUMDMACHANS))); // also when it is 0: runs without are not known
    sdk.olDaSetChannelListSize(h, settings.list.length);
    for (const [place, { physicalChannel, gain }] of settings.list.entries()) {
      sdk.olDaSetChannelListEntry(h, place, physicalChannel);
      sdk.olDaSetGainListEntry(h, place, gain);
    }
  }

  /** An answer of the subsystem; null where it has none. */
  #ask<T>(question: () => T): T | null {
    try {
      return question();
    } catch (error) {
      if (hasCode(error, 1, 30, 36, 68)) return null; // no such capability, not valid for this call, not supported
      throw error;
    }
  }

  #count(capability: number): number {
    return this.#ask(() => this.#sdk.olDaGetSSCaps(this.handle, capability)) ?? 0;
  }

  #has(capability: number): boolean {
    return this.#count(capability) !== 0;
  }

  #list(which: number): [number, number][] {
    return this.#ask(() => this.#sdk.olDaEnumSSCaps(this.handle, which)) ?? [];
  }
}

function wiringCode(channelType: string): number {
  if (channelType === "differential") return OL_CHNT.OL_CHNT_DIFFERENTIAL;
  if (channelType === "single_ended") return OL_CHNT.OL_CHNT_SINGLEENDED;
  throw new DtolCapabilityError(`The SDK knows no wiring called "${channelType}"`);
}

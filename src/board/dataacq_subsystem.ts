/**
 * A subsystem of a real board, on the main thread.
 *
 * @module
 */

import { OL_DF, OL_ENC } from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import { type CodeType, codeTypeFor } from "../convert/codes.ts";
import { DtolTaskStateError } from "../errors.ts";
import { ColdJunctionInput, type CounterChannel } from "../model/channels.ts";
import type { SubsystemType } from "../model/enums.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../teds/mod.ts";
import type { AppliedSettings, IntakeTicket, ListEntry, OutputValue, Subsystem, SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import { canFlushInProcess, queryCapabilities, returnsFloats } from "./dataacq_capabilities.ts";
import { CANNOT_OPEN_DRIVER, hasCode, translating, translatingAsync } from "./dataacq_errors.ts";
import { measureFrequency, readBackCounter, setCounter } from "./dataacq_counters.ts";
import { setInputs } from "./dataacq_inputs.ts";
import { COUNTER_TYPES } from "./fit.ts";
import { parkValues, putValues, setOutputs, setPorts } from "./dataacq_outputs.ts";
import { freeUnfreed, recallUnfreed, unfreedMemory } from "./dataacq_unfreed.ts";
import { bridgeSensorOf, strainGageOf } from "./sensor_teds.ts";

const WM_NULL = 0;

/** What the drainer's thread gets: plain data. */
export interface DataAcqTicket extends IntakeTicket {
  /** Files that were opened: the same libraries, and so the same handles, on every thread of the process. */
  readonly paths: { readonly oldaapi: string; readonly olmem: string };
  /** The subsystem. */
  readonly hdass: bigint;
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Whether samples are put out, not taken. */
  readonly isOutput: boolean;
  /** Whether the buffer that is being filled can be looked at. */
  readonly peeks: boolean;
  /** Whether the run is taken about a trigger. */
  readonly reference: boolean;
  /** Where the run tells its window, which is 0 while it has none. */
  readonly window: SharedArrayBuffer;
  /** Takes the buffers that the run could not free: see `dataacq_unfreed.ts`. */
  readonly unfreed: SharedArrayBuffer;
}

/** A reserved subsystem of a real board. */
export class DataAcqSubsystem implements Subsystem {
  readonly handle: Hdass;
  readonly #sdk: OpenLayers;
  readonly #board: string;
  readonly #type: SubsystemType;
  readonly #unfreed = unfreedMemory();
  readonly #window = new SharedArrayBuffer(BigUint64Array.BYTES_PER_ELEMENT);
  #applied: Omit<AppliedSettings, "ticket"> | undefined;
  #floats = false;
  /** Ends what waits for news of the board. */
  readonly #released = new AbortController();

  constructor(sdk: OpenLayers, board: string, type: SubsystemType, hdass: Hdass) {
    this.#sdk = sdk;
    this.#board = board;
    this.#type = type;
    this.handle = hdass;
  }

  capabilities(): Promise<Capabilities> {
    const ask = () => queryCapabilities(this.#sdk, this.handle);
    return translatingAsync(`Cannot ask what ${this.#type} can do`, this.#board, () => Promise.resolve().then(ask));
  }

  configure(settings: SubsystemSettings): Promise<AppliedSettings> {
    return translatingAsync(`Cannot configure ${this.#type}`, this.#board, async () => {
      const { handle: h } = this;
      const sdk = this.#sdk;
      await this.#set(settings);
      await sdk.nonblocking.olDaConfig(h);
      this.#applied = this.#readBack(settings);
      return { ...this.#applied, ticket: settings.clock === null ? null : this.#ticket(this.#applied, settings) };
    });
  }

  async #set(settings: SubsystemSettings): Promise<void> {
    switch (this.#type) {
      case "analog_output":
        return setOutputs(this.#sdk, this.handle, settings, await this.capabilities());
      case "digital_input":
      case "digital_output":
        return setPorts(this.#sdk, this.handle);
      case "counter_timer":
      case "quadrature":
      case "tachometer":
        return setCounter(
          this.#sdk,
          this.handle,
          settings.list[0]!.channel as CounterChannel,
          await this.capabilities(),
        );
      default:
        return setInputs(this.#sdk, this.handle, settings, await this.capabilities());
    }
  }

  #readBack({ clock, retrigger }: SubsystemSettings): Omit<AppliedSettings, "ticket"> {
    const { handle: h } = this;
    const sdk = this.#sdk;
    if (this.#counts) return readBackCounter(sdk, h);
    this.#floats = returnsFloats(sdk, h) === true;
    const bits = sdk.olDaGetResolution(h);
    if (!this.#type.startsWith("analog")) return { clockHz: null, range: null, bits, encoding: "binary" };
    const [high, low] = sdk.olDaGetRange(h);
    return {
      clockHz: clock === null ? null : clock.source === "external" ? clock.hz : sdk.olDaGetClockFrequency(h),
      ...(retrigger?.mode === "internal" ? { retriggerHz: sdk.olDaGetRetriggerFrequency(h) } : {}),
      range: { low, high },
      bits,
      encoding: sdk.olDaGetEncoding(h) === OL_ENC.OL_ENC_2SCOMP ? "twos_complement" : "binary",
    };
  }

  async read(places: readonly ListEntry[], together = false): Promise<number[]> {
    if (this.#applied === undefined) throw this.#notConfigured("read");
    if (together) return await this.#readTogether(places);
    const values: number[] = [];
    for (const place of places) {
      const call = () => this.#readOne(place);
      values.push(await translatingAsync(`Cannot read input ${place.physicalChannel}`, this.#board, call));
    }
    return values;
  }

  get #counts(): boolean {
    return COUNTER_TYPES.includes(this.#type);
  }

  async measureFrequency(seconds: number): Promise<number> {
    const call = () => measureFrequency(this.#sdk, this.handle, seconds, this.#released.signal);
    return await translatingAsync(`Cannot measure the frequency at ${this.#type}`, this.#board, call);
  }

  /** A board that linearises has its cold junctions behind a call of their own. */
  #readOne({ physicalChannel, gain, channel }: ListEntry): Promise<number> {
    if (this.#counts) return this.#sdk.nonblocking.olDaReadEvents(this.handle);
    const { olDaGetCjcTemperature, olDaGetSingleFloat, olDaGetSingleValue } = this.#sdk.nonblocking;
    if (!this.#floats) return olDaGetSingleValue(this.handle, physicalChannel, gain);
    if (channel instanceof ColdJunctionInput) return olDaGetCjcTemperature(this.handle, physicalChannel);
    return olDaGetSingleFloat(this.handle, physicalChannel, gain);
  }

  /** The whole list at one moment, which is what the SDK can give. */
  async #readTogether(places: readonly ListEntry[]): Promise<number[]> {
    const { olDaGetSingleFloats, olDaGetSingleValues } = this.#sdk.nonblocking;
    const { gain } = places[0]!;
    const call = async () => [
      ...await (this.#floats ? olDaGetSingleFloats : olDaGetSingleValues)(this.handle, places.length, gain),
    ];
    return await translatingAsync(`Cannot read ${places.length} inputs at once`, this.#board, call);
  }

  async write(values: readonly OutputValue[]): Promise<void> {
    if (this.#applied === undefined) throw this.#notConfigured("write to");
    const outputs = values.map(({ physicalChannel }) => physicalChannel).join(" and ");
    const call = () => putValues(this.#sdk, this.handle, values);
    await translatingAsync(`Cannot write to ${this.#type} ${outputs}`, this.#board, call);
  }

  mute(isMuted: boolean): Promise<void> {
    const call = () => isMuted ? this.#sdk.olDaMute(this.handle) : this.#sdk.olDaUnMute(this.handle);
    const what = `Cannot ${isMuted ? "mute" : "unmute"} ${this.#type}`;
    return translatingAsync(what, this.#board, () => Promise.resolve().then(call));
  }

  takeSingleValues(): Promise<void> {
    const { olDaSetDataFlow, olDaConfig } = this.#sdk.nonblocking;
    return translatingAsync(`Cannot set ${this.#type} to single values`, this.#board, async () => {
      await olDaSetDataFlow(this.handle, OL_DF.OL_DF_SINGLEVALUE);
      await olDaConfig(this.handle);
    });
  }

  park(values: readonly OutputValue[]): void {
    translating(`Cannot park ${this.#type}`, this.#board, () => parkValues(this.#sdk, this.handle, values));
  }

  readTeds(physicalChannel: number, kind: "strain" | "bridge"): Promise<StrainGageTeds | BridgeSensorTeds> {
    const read = () =>
      kind === "strain"
        ? strainGageOf(this.#sdk.olDaReadStrainGageHardwareTeds(this.handle, physicalChannel))
        : bridgeSensorOf(this.#sdk.olDaReadBridgeSensorHardwareTeds(this.handle, physicalChannel));
    return translatingAsync(
      `Cannot read the TEDS of input ${physicalChannel}`,
      this.#board,
      () => Promise.resolve().then(read),
    );
  }

  async calibrate(): Promise<void> {
    const { olDaAutoCalibrate } = this.#sdk.nonblocking;
    await translatingAsync(`Cannot calibrate ${this.#type}`, this.#board, () => olDaAutoCalibrate(this.handle));
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

  #ticket(
    { bits, encoding }: Omit<AppliedSettings, "ticket">,
    { referenceTrigger }: SubsystemSettings,
  ): DataAcqTicket {
    const { oldaapi, olmem } = this.#sdk.paths;
    const type = codeTypeFor(bits, encoding, this.#floats);
    return {
      ...{ backend: "dataacq", board: this.#board, paths: { oldaapi, olmem }, hdass: this.handle, type },
      ...{ unfreed: this.#unfreed, window: this.#window },
      peeks: canFlushInProcess(this.#sdk, this.handle) === true,
      reference: referenceTrigger !== null,
      isOutput: this.#type === "analog_output",
    };
  }

  /** A message that says nothing. */
  wake(): void {
    const hwnd = Atomics.load(new BigUint64Array(this.#window), 0);
    if (hwnd !== 0n) this.#sdk.user32.PostMessageW(hwnd, WM_NULL, 0n, 0n);
  }

  async release(): Promise<void> {
    this.#released.abort();
    await recallUnfreed(this.#sdk, this.handle, this.#unfreed);
    try {
      const call = () => this.#sdk.nonblocking.olDaReleaseDASS(this.handle);
      await translatingAsync(`Cannot give ${this.#type} back`, this.#board, call);
    } catch (error) {
      if (!hasCode(error, CANNOT_OPEN_DRIVER)) throw error; // the driver still has its buffers
      freeUnfreed(this.#sdk, this.#unfreed);
      throw error;
    }
    freeUnfreed(this.#sdk, this.#unfreed);
  }

  #notConfigured(what: string): DtolTaskStateError {
    return new DtolTaskStateError(`Cannot ${what} "${this.#board}" as its ${this.#type} is not configured yet`);
  }
}

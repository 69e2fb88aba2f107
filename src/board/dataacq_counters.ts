/**
 * Setting counters, quadrature decoders and tachometers of a real board. The mode comes first: all else is judged by it.
 *
 * @module
 */

import {
  OL_CLK,
  OL_CT,
  OL_CTMODE,
  OL_EDGE,
  OL_GATE,
  OL_INDEX,
  OL_MEASURE_EDGE,
  OL_PLS,
  OL_TRG,
  OLDA_WM,
} from "../../ffi/constants.ts";
import { MessageWindow } from "../../ffi/message_window.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import {
  type CounterChannel,
  CounterEdgeCount,
  CounterEdgeToEdge,
  CounterInput,
  CounterOutput,
  PulseTrainOutput,
  QuadratureDecoder,
  Tachometer,
} from "../model/channels.ts";
import type { CounterMode, Edge, GateType } from "../model/enums.ts";
import type { AppliedSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import { pulseHz } from "./fit_counters.ts";

/** A frequency is counted, if it is not measured by a call of its own. */
const MODES: Readonly<Partial<Record<CounterMode, number>>> = {
  count: OL_CTMODE.OL_CTMODE_COUNT,
  rate: OL_CTMODE.OL_CTMODE_RATE,
  one_shot: OL_CTMODE.OL_CTMODE_ONESHOT,
  one_shot_repeat: OL_CTMODE.OL_CTMODE_ONESHOT_RPT,
};

const GATES: Readonly<Record<GateType, number>> = {
  software: OL_GATE.OL_GATE_NONE,
  low_level: OL_GATE.OL_GATE_LOW_LEVEL,
  high_level: OL_GATE.OL_GATE_HIGH_LEVEL,
  low_edge: OL_GATE.OL_GATE_LOW_EDGE,
  high_edge: OL_GATE.OL_GATE_HIGH_EDGE,
};

/** Sets everything up to `olDaConfig`. */
export function setCounter(sdk: OpenLayers, h: Hdass, channel: CounterChannel, can: Capabilities): void {
  if (channel instanceof QuadratureDecoder) {
    const index = channel.indexReset ? OL_INDEX.OL_INDEX_HIGH : OL_INDEX.OL_INDEX_DISABLED;
    sdk.olDaSetQuadDecoder(h, 0, channel.decodeMode === "x4", index);
  } else if (channel instanceof Tachometer) {
    sdk.olDaSetEdgeType(h, edgeCode(channel.measureEdge));
    sdk.olDaSetStaleDataFlagEnabled(h, true); // a shaft that stands still must not show its last speed for ever
    setTimeBase(sdk, h, can);
  } else {
    setTimer(sdk, h, channel, can);
  }
}

function setTimer(sdk: OpenLayers, h: Hdass, channel: CounterChannel, can: Capabilities): void {
  const measures = channel instanceof CounterEdgeToEdge;
  sdk.olDaSetCTMode(h, measures ? OL_CTMODE.OL_CTMODE_MEASURE : MODES[channel.mode] ?? OL_CTMODE.OL_CTMODE_COUNT);
  sdk.olDaSetTrigger(h, OL_TRG.OL_TRG_SOFT);
  if (channel instanceof CounterInput || channel instanceof CounterOutput) {
    const isOutside = channel.clockSource === "external";
    sdk.olDaSetClockSource(h, isOutside ? OL_CLK.OL_CLK_EXTERNAL : OL_CLK.OL_CLK_INTERNAL);
    sdk.olDaSetGateType(h, GATES[channel.gateType]);
  }
  if (channel instanceof CounterEdgeToEdge) {
    setTimeBase(sdk, h, can);
    sdk.olDaSetMeasureStartEdge(h, gateEdgeCode(channel.startEdge));
    sdk.olDaSetMeasureStopEdge(h, gateEdgeCode(channel.stopEdge));
  }
  if (channel instanceof CounterOutput) setPulses(sdk, h, channel);
  if (!(channel instanceof CounterEdgeCount)) return;
  if (channel.countEdge === "falling") sdk.olDaSetEdgeType(h, edgeCode("falling")); // rising is what counters count
  if (can.cascading !== false) {
    sdk.olDaSetCascadeMode(h, channel.cascade ? OL_CT.OL_CT_CASCADE : OL_CT.OL_CT_SINGLE);
  }
}

/** The finest ticks that there are. */
function setTimeBase(sdk: OpenLayers, h: Hdass, { maxClockHz }: Capabilities): void {
  if (maxClockHz !== null) sdk.olDaSetClockFrequency(h, maxClockHz);
}

/** The width is a share of the period, in percent. */
function setPulses(sdk: OpenLayers, h: Hdass, channel: CounterOutput): void {
  sdk.olDaSetClockFrequency(h, pulseHz(channel));
  sdk.olDaSetPulseType(h, channel.pulseType === "low_to_high" ? OL_PLS.OL_PLS_LOW2HIGH : OL_PLS.OL_PLS_HIGH2LOW);
  sdk.olDaSetPulseWidth(h, channel instanceof PulseTrainOutput ? channel.dutyCycle * 100 : 50);
}

function edgeCode(edge: Edge): number {
  return edge === "rising" ? OL_EDGE.OL_EDGE_RISING : OL_EDGE.OL_EDGE_FALLING;
}

function gateEdgeCode(edge: Edge): number {
  return edge === "rising" ? OL_MEASURE_EDGE.OL_GATE_RISING : OL_MEASURE_EDGE.OL_GATE_FALLING;
}

/** What became of the settings of a counter. */
export function readBackCounter(sdk: OpenLayers, h: Hdass): Omit<AppliedSettings, "ticket"> {
  return { clockHz: sdk.olDaGetClockFrequency(h), range: null, bits: 32, encoding: "binary" };
}

const LOOK_MS = 2;

/**
 * Lets the board measure the frequency at a counter's input. It says that it is done in a message to a window of this
 * thread, whose event loop goes on meanwhile. If no message comes this never ends: who calls it watches the time.
 *
 * @param seconds How long to count.
 * @param signal Gives up.
 */
export async function measureFrequency(
  sdk: OpenLayers,
  h: Hdass,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const window = MessageWindow.create(sdk.user32);
  try {
    await sdk.nonblocking.olDaMeasureFrequency(h, window.hwnd, seconds);
    for (;;) {
      for (let news = window.next(); news !== null; news = window.next()) {
        if (news.message === OLDA_WM.OLDA_WM_MEASURE_DONE && news.wParam === h) return floatOf(news.lParam);
      }
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    window.close();
  }
}

/** A frequency travels as the bits of a float. */
function floatOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, bits, true);
  return view.getFloat32(0, true);
}

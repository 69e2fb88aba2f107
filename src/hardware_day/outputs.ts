/**
 * The questions about outputs. They drive: 0 V on every analog output, then 1 V on the first, then 0 V again; all digital
 * lines low. Asked only when someone has said that nothing on the bench minds that.
 *
 * @module
 */

import { OL_DF, OLSS } from "../../ffi/constants.ts";
import type { Hdass } from "../../ffi/types.ts";
import { answerOf, type Bench } from "./bench.ts";
import type { Found, Question } from "./questions.ts";

/** The questions. */
export const OUTPUT_QUESTIONS: readonly Question[] = [
  { id: "analog-output", text: "What does the analog output answer: 0 V, 1 V, 0 V?", ask: analogOutput },
  {
    id: "digital-output",
    text: "What does the digital output answer: all lines low, and read back?",
    ask: digitalOutput,
  },
];

function analogOutput(bench: Bench): Found {
  return withOutput(bench, OLSS.OLSS_DA, (output) => {
    const { sdk } = bench;
    const [high, low] = sdk.olDaGetRange(output);
    const bits = sdk.olDaGetResolution(output);
    const encoding = sdk.olDaGetEncoding(output);
    const put = (channel: number, volts: number) =>
      answerOf(() =>
        sdk.olDaPutSingleValue(output, sdk.olDaVoltsToCode(low, high, 1, bits, encoding, volts), channel, 1)
      );
    return {
      "0 V on 0": put(0, 0),
      "0 V on 1": put(1, 0),
      "1 V on 0": put(0, 1),
      "0 V on 0 again": put(0, 0),
      "read back": answerOf(() => sdk.olDaGetSingleValue(output, 0, 1)),
    };
  });
}

function digitalOutput(bench: Bench): Found {
  return withOutput(bench, OLSS.OLSS_DOUT, (output) => ({
    "all low": answerOf(() => bench.sdk.olDaPutSingleValue(output, 0, 0, 1)),
    "read back": answerOf(() => bench.sdk.olDaGetSingleValue(output, 0, 1)),
    "channel 1": answerOf(() => bench.sdk.olDaPutSingleValue(output, 0, 1, 1)),
  }));
}

function withOutput(
  { sdk, hdev }: Bench,
  type: number,
  ask: (output: Hdass) => Record<string, string>,
): Found {
  let output: Hdass | undefined;
  const taken = answerOf(() => {
    output = sdk.olDaGetDASS(hdev, type, 0);
  });
  if (output === undefined) return { answer: `there is none: olDaGetDASS answers ${taken}` };
  try {
    sdk.olDaSetDataFlow(output, OL_DF.OL_DF_SINGLEVALUE);
    sdk.olDaConfig(output);
    const evidence = ask(output);
    return { answer: Object.entries(evidence).map(([what, answer]) => `${what}: ${answer}`).join("; "), evidence };
  } finally {
    sdk.olDaReleaseDASS(output);
  }
}

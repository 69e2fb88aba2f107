/**
 * The process that `realtime.ts` watches: records at 2 x 10 MS/s, reads every block, and sleeps once in the middle.
 *
 * Arguments: file, seconds, second at which the main thread blocks, seconds that it blocks. Prints a line when the clock
 * runs, and the books at the end.
 *
 * @module
 */

import { record } from "../mod.ts";
import { openBoard } from "./board.ts";

const [path, seconds, blockAt, blockS] = [Deno.args[0]!, ...Deno.args.slice(1).map(Number)] as [
  string,
  number,
  number,
  number,
];
const rateHz = 10e6;
await using session = await openBoard({ rateHz, samplesPerBuffer: rateHz / 20, samplesPerChannel: rateHz * seconds });
await using recording = await record(session, { raw: path });
console.log("started");
setTimeout(() => {
  console.log("blocked");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockS * 1000);
  console.log("awake");
}, blockAt * 1000);
let samples = 0;
let checksum = 0; // so that nothing can leave the codes unread
for await (const { codes, samplesPerChannel } of recording.stream) {
  samples += samplesPerChannel;
  checksum = (checksum + codes![0]!) | 0;
}
console.log("stopping");
const { produced, emitted, dropped, lost, samplesPerChannel } = await recording.stop();
console.log(JSON.stringify({ produced, emitted, dropped, lost, samplesPerChannel, samplesRead: samples, checksum }));

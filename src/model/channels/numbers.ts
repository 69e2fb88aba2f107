/**
 * Lists of inputs as people write them.
 *
 * @module
 */

import { invalid } from "../fields.ts";

/**
 * Reads a list of inputs as people write it: `0-2,5` is 0, 1, 2, 5.
 *
 * @throws {DtolValidationError} If it is no such list.
 */
export function channelNumbers(list: string): number[] {
  const numbers = list.split(",").flatMap((part) => {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim());
    if (match === null) throw invalid("channels", "numbers and ranges like 0-2,5", list);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  if (numbers.length === 0) throw invalid("channels", "numbers and ranges like 0-2,5", list);
  return numbers;
}

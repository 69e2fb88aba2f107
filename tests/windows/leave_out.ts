/**
 * Loaded before the test files, by `run.ts`: marks as ignored what {@linkcode LEFT_OUT} names, so that the reasons stand
 * in one place and not in the tests.
 *
 * @module
 */
import { LEFT_OUT } from "./left_out.ts";

const names = new Set(LEFT_OUT.flatMap(({ tests }) => tests.flatMap(({ name }) => name ?? [])));
const original = Deno.test;

function nameOf(args: readonly unknown[]): string | undefined {
  for (const arg of args) {
    if (typeof arg === "string") return arg;
    if (typeof arg === "function") return arg.name;
    if (typeof arg === "object" && arg !== null && "name" in arg) return String(arg.name);
  }
}

const test = (...args: unknown[]): void => {
  const register = names.has(nameOf(args) ?? "") ? original.ignore : original;
  (register as (...args: unknown[]) => void)(...args);
};
Object.defineProperty(Deno, "test", { value: Object.assign(test, original), configurable: true });

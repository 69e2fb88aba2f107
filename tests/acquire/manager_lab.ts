/** What tests of managers share: tasks of single values, boards with several subsystems, sessions that fail or wait. */
import type { Backend, Board, Subsystem } from "../../src/board/backend.ts";
import { SimulatedBackend, type SimulatedBackendOptions } from "../../src/board/simulated.ts";
import type { DtolError } from "../../src/errors.ts";
import type { Session } from "../../src/acquire/session.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";

/** A task of single values on input 2 of a board. */
export function single(board: string | undefined, changes: Partial<TaskSpecOptions> = {}): TaskSpec {
  const channels = [new AnalogInputVoltage({ physicalChannel: 2, name: "level" })];
  return new TaskSpec({ ...(board === undefined ? {} : { board }), channels, ...changes });
}

export const VOLTS = { signal: { kind: "constant", volts: 2.5 } } as const;

/**
 * Simulated boards with as many A/D subsystems each as anyone asks for: element n is that of a board of its own. With
 * `more` a board can what a simulated one cannot.
 */
export function manyElements(more: Partial<Board> = {}, options: SimulatedBackendOptions = VOLTS): Backend {
  const first = new SimulatedBackend(options);
  const elements = new Map<number, Backend>([[0, first]]);
  const element = (n: number) => elements.get(n) ?? elements.set(n, new SimulatedBackend(options)).get(n)!;
  const open = async (name: string): Promise<Board> =>
    instead(await first.open(name), {
      reserve: async (type, n, patienceMs) => {
        const subsystem = await (await element(n).open(name)).reserve(type, 0, patienceMs);
        const simultaneousStart = more.startTogether !== undefined && n < 2; // the others say that they cannot
        const capabilities = async () => ({ ...await subsystem.capabilities(), simultaneousStart });
        return instead<Subsystem>(subsystem, { capabilities });
      },
      ...more,
    });
  return instead<Backend>(first, { open });
}

/** A thing, some of whose methods are others. */
export function instead<T extends object>(thing: T, methods: Partial<T>): T {
  return new Proxy(thing, {
    get(target, key) {
      const value = Reflect.get(Object.hasOwn(methods, key) ? methods : target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Lets something happen before a session is polled. */
export function beforePoll(session: Session, happens: () => Promise<void> | void): void {
  const poll = session.poll.bind(session);
  session.poll = async (): Promise<DaqReading> => {
    await happens();
    return await poll();
  };
}

/** Lets a session fail at every poll. */
export function failAtPoll(session: Session, error: DtolError | TypeError): void {
  beforePoll(session, () => {
    throw error;
  });
}

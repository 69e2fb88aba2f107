/** A wire between a client and a server that can be cut, or fall silent, at a chosen word of the server. */

/** What to do when the server is about to say something. */
export interface Trap {
  /** The words, as they stand in its messages: `COMMIT` for a finished transaction. */
  readonly words: string;
  /** Whether to cut the connection in their place, or to swallow this and all that follows. */
  readonly how: "cut" | "silence";
}

/** Listens on a port of its own and passes everything on. Each trap catches once. */
export class Proxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  readonly #traps: Trap[] = [];
  /** How many traps have caught. */
  caught = 0;

  constructor(serverPort: number) {
    this.#running = this.#serve(serverPort);
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Sets a trap. */
  trap(trap: Trap): void {
    this.#traps.push(trap);
  }

  async #serve(port: number): Promise<void> {
    const pairs: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        const server = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
        if (server === null) client.close();
        else pairs.push(this.#join(client, server));
      }
    } finally {
      await Promise.all(pairs);
    }
  }

  async #join(client: Deno.Conn, server: Deno.Conn): Promise<void> {
    for (const conn of [client, server]) this.#connections.add(conn);
    await Promise.all([this.#pass(client, server, false), this.#pass(server, client, true)]);
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, fromServer: boolean): Promise<void> {
    let silent = false;
    const room = new Uint8Array(1 << 16);
    try {
      for (;;) {
        const n = await from.read(room);
        if (n === null) break;
        const trap = fromServer ? this.#caughtBy(room.subarray(0, n)) : undefined;
        if (trap?.how === "cut") break;
        silent ||= trap?.how === "silence";
        for (let done = 0; done < n && !silent;) done += await to.write(room.subarray(done, n));
      }
    } catch {
      // one of the two has gone: so does the other
    }
    this.#close(from);
    this.#close(to);
  }

  #caughtBy(bytes: Uint8Array): Trap | undefined {
    const text = new TextDecoder("latin1").decode(bytes);
    const at = this.#traps.findIndex(({ words }) => text.includes(words));
    if (at < 0) return undefined;
    this.caught++;
    return this.#traps.splice(at, 1)[0];
  }

  #close(conn: Deno.Conn): void {
    if (!this.#connections.delete(conn)) return;
    conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of [...this.#connections]) this.#close(conn);
    await this.#running.catch(() => {});
  }
}

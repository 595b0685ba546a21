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
  readonly resolve: (answer: RpcMessage) => void;
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
  #rest = "";
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

  /** Sends a message as it is, but for its id, and returns the answer as it is, but for its id. */
  async forward(message: RpcMessage): Promise<RpcMessage> {
    if (this.#closed) throw new RpcError(-32_000, "the node is gone");
    const id = this.#next++;
    const answer = new Promise<RpcMessage>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const { method, params } = message;
    this.#socket.write(`${JSON.stringify({ jsonrpc: "2.0", method, params, id })}\n`);
    return await answer;
  }

  /** @throws RpcError if the node answers with one, or goes away. */
  async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
    const { result, error } = await this.forward({ method, params });
    if (error !== undefined) throw new RpcError(error.code, error.message);
    return result as T;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (line.trim() === "") continue;
      const answer = JSON.parse(line) as RpcMessage;
      if (answer.id === undefined) {
        this.#notified?.(answer.params);
        continue;
      }
      const id = Number(answer.id);
      this.#waiting.get(id)?.resolve(answer);
      this.#waiting.delete(id);
    }
  }

  #lose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new RpcError(-32_000, "the node is gone"));
    this.#waiting.clear();
    for (const listener of this.#onClose.splice(0)) listener();
  }
}

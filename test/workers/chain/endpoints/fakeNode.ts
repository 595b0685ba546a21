import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node that answers what a look at it asks for, and keeps what it is given. */
export class FakeNode {
  chainId = 7;
  genesis = `0x${"00".repeat(32)}`;
  height = 100;
  /** It takes requests and never answers. */
  hangs = false;
  /** What it says of a transaction; undefined: it takes it. */
  refusal: string | undefined;
  /** Methods that it was asked for, and transactions that it took. */
  readonly asked: string[] = [];
  readonly taken: string[] = [];
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    if (this.#server === undefined) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    this.#server = undefined;
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request as AsyncIterable<Buffer>) body += part.toString();
    if (this.hangs) return;
    const asked = JSON.parse(body) as Request | Request[];
    const answers = [asked].flat().map((one) => ({ jsonrpc: "2.0", id: one.id, ...this.#answer(one) }));
    response.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
  }

  #answer({ method, params }: Request): object {
    this.asked.push(method);
    switch (method) {
      case "eth_chainId":
        return { result: `0x${this.chainId.toString(16)}` };
      case "eth_blockNumber":
        return { result: `0x${this.height.toString(16)}` };
      case "eth_getBlockByNumber":
        return { result: { hash: this.genesis } };
      case "eth_sendRawTransaction":
        if (this.refusal !== undefined) return { error: { code: -32_000, message: this.refusal } };
        this.taken.push(params[0] as string);
        return { result: "0x" };
      default:
        return { error: { code: -32_601, message: `no ${method}` } };
    }
  }
}

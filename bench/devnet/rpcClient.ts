import { Agent, request } from "node:http";

/** JSON-RPC over HTTP on connections that are kept. */
export interface RpcClient {
  call<T>(method: string, params: readonly unknown[]): Promise<T>;
  /** Many calls of one method in one request. @returns the answers in their order. */
  batch(method: string, params: readonly (readonly unknown[])[]): Promise<readonly RpcAnswer[]>;
  close(): void;
}

/** What came of one call. */
export interface RpcAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** @param url `http://host:port`. */
export function rpcClient(url: string): RpcClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = async (body: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const sent = request(
        url,
        {
          agent,
          method: "POST",
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text) },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            try {
              resolve(JSON.parse(Buffer.concat(parts).toString("utf8")));
            } catch {
              reject(new Error(`${url} answered with ${response.statusCode}, and no JSON`));
            }
          });
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  return {
    call: async <T>(method: string, params: readonly unknown[]) => {
      const { result, error } = (await post({ jsonrpc: "2.0", id: 1, method, params })) as RpcAnswer;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result as T;
    },
    batch: async (method, params) => {
      const calls = params.map((one, id) => ({ jsonrpc: "2.0", id, method, params: one }));
      const answers = (await post(calls)) as RpcAnswer[];
      return [...answers].sort((a, b) => a.id - b.id);
    },
    close: () => agent.destroy(),
  };
}

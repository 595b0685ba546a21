import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What answers JSON-RPC calls inside a process. */
interface RequestProvider {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params?: unknown[];
}

/** Serves a network of this process to other processes, on a free loopback port. */
export async function serveProvider(
  provider: RequestProvider,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const answer = async ({ id, method, params = [] }: Call): Promise<object> => {
    try {
      return { jsonrpc: "2.0", id, result: await provider.request({ method, params }) };
    } catch (error) {
      const { code = -32_603, message, data } = error as { code?: number; message: string; data?: unknown };
      return { jsonrpc: "2.0", id, error: { code, message, data } };
    }
  };
  const server = createServer((request, response) => {
    void (async () => {
      const asked = JSON.parse(await textOf(request)) as Call | Call[];
      const answers = Array.isArray(asked) ? await Promise.all(asked.map(answer)) : await answer(asked);
      response.setHeader("content-type", "application/json").end(JSON.stringify(answers));
    })();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

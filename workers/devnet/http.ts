import type { NodeConnection } from "./engines/types.js";
import { RpcError, type RpcMessage } from "./ipc.js";

/** JSON-RPC over HTTP. */
export function httpConnection(url: string): NodeConnection {
  return {
    call: async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
      const response = await reach(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const { result, error } = (await response.json()) as RpcMessage;
      if (error !== undefined) throw new RpcError(error.code, error.message);
      return result as T;
    },
    close: () => undefined,
  };
}

/** @throws RpcError if nobody answers, as a local socket's end does. */
async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch {
    throw new RpcError(-32_000, "the node is gone");
  }
}

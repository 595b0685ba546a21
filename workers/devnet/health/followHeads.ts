import { setTimeout as pause } from "node:timers/promises";
import { IpcConnection, RpcError } from "../ipc.js";
import type { Arrival } from "./clockOffset.js";

/** How soon a node that is away is looked for again. */
const RETRY_MILLISECONDS = 500;

interface HeadNotice {
  readonly result?: { readonly timestamp?: string };
}

/**
 * Has a geth node say each new head the moment it has it, over its local socket.
 *
 * @param until Ends it. A node that goes away is waited for.
 */
export async function followHeads(
  socket: string,
  tell: (arrival: Arrival) => void,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    const node = await IpcConnection.open(socket).catch(() => undefined);
    if (node !== undefined) {
      const gone = new Promise<void>((resolve) => {
        node.onClose(resolve);
        until.addEventListener("abort", () => resolve(), { once: true });
      });
      node.onNotification((params) => {
        const timestamp = (params as HeadNotice | undefined)?.result?.timestamp;
        if (timestamp !== undefined)
          tell({ blockSeconds: Number(timestamp), arrivedSeconds: Date.now() / 1000 });
      });
      try {
        await node.call("eth_subscribe", ["newHeads"]);
        await gone;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      }
      node.close();
    }
    await pause(RETRY_MILLISECONDS, undefined, { signal: until }).catch(() => undefined);
  }
}

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { NodeConnection } from "../engines/types.js";
import { RpcError } from "../ipc.js";

/** A transaction of a branch that is given up. */
export interface RescuedTransaction {
  /** 32 bytes, hexadecimal. */
  readonly hash: string;
  /** As it was signed, hexadecimal. */
  readonly raw: string;
}

/** What became of them. */
export interface Resent {
  /** On the chain, or in the pool: sent again, or there already. */
  readonly kept: number;
  /** Which the chain takes no more, with the node's reason: its nonce went to another transaction of the same account. */
  readonly refused: readonly { readonly hash: string; readonly reason: string }[];
}

const fileSchema = z.array(z.object({ hash: z.string(), raw: z.string() }));

/** The transactions of a node's own chain, from one block to another, both included. */
export async function transactionsOf(
  node: NodeConnection,
  first: number,
  last: number,
): Promise<RescuedTransaction[]> {
  const found: RescuedTransaction[] = [];
  for (let height = first; height <= last; height++) {
    const block = await node.call<{ transactions: string[] } | null>("eth_getBlockByNumber", [
      `0x${height.toString(16)}`,
      false,
    ]);
    for (const hash of block?.transactions ?? []) {
      const raw = await node.call<string | null>("eth_getRawTransactionByHash", [hash]);
      if (raw !== null && raw !== "0x") found.push({ hash, raw });
    }
  }
  return found;
}

/** Writes transactions down, beside those of a recovery that did not end, so that they outlive this program. */
export function keepRescued(file: string, found: readonly RescuedTransaction[]): void {
  const all = new Map([...readRescued(file), ...found].map((one) => [one.hash, one]));
  if (all.size === 0) return;
  writeFileSync(`${file}.new`, `${JSON.stringify([...all.values()], undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** What `keepRescued` wrote down and `resendRescued` has not yet sent. */
export function readRescued(file: string): RescuedTransaction[] {
  return existsSync(file) ? fileSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : [];
}

/** Sends to a node what is missing of what was written down, and then forgets it. */
export async function resendRescued(file: string, node: NodeConnection): Promise<Resent> {
  const refused: { hash: string; reason: string }[] = [];
  const waiting = readRescued(file);
  for (const { hash, raw } of waiting) {
    if (await isKnown(node, hash)) continue;
    try {
      await node.call("eth_sendRawTransaction", [raw]);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      // Another node may have passed it on in the meantime.
      if (!(await isKnown(node, hash))) refused.push({ hash, reason: error.message });
    }
  }
  rmSync(file, { force: true });
  return { kept: waiting.length - refused.length, refused };
}

/** Whether a node has a transaction in its chain or its pool. */
async function isKnown(node: NodeConnection, hash: string): Promise<boolean> {
  return (await node.call<object | null>("eth_getTransactionByHash", [hash])) !== null;
}

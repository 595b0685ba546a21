import type { Engine, NodeConnection } from "./engines/types.js";
import { RpcError } from "./ipc.js";
import type { Layout } from "./layout.js";
import type { Validator } from "./types.js";

/** A block as a node names it. */
export interface Head {
  readonly height: number;
  readonly hash: string;
  /** Seconds. */
  readonly time: number;
  readonly gasUsed: bigint;
}

interface RawBlock {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly gasUsed: string;
}

/** Uses a connection to a validator's node, and closes it. @throws where it does not answer, or answers with an error. */
export async function onNode<T>(
  engine: Engine,
  validator: Validator,
  at: Layout,
  use: (node: NodeConnection) => Promise<T>,
): Promise<T> {
  const node = await engine.connect(validator, at);
  try {
    return await use(node);
  } finally {
    node.close();
  }
}

/** Asks a validator's node; undefined if it does not answer. */
export async function ask<T>(
  engine: Engine,
  validator: Validator,
  at: Layout,
  use: (node: NodeConnection) => Promise<T>,
): Promise<T | undefined> {
  let node: NodeConnection;
  try {
    node = await engine.connect(validator, at);
  } catch {
    return undefined;
  }
  try {
    return await use(node);
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  } finally {
    node.close();
  }
}

/** A block by its number, the newest if left out. */
export async function blockAt(node: NodeConnection, height?: number): Promise<Head | undefined> {
  const tag = height === undefined ? "latest" : `0x${height.toString(16)}`;
  const block = await node.call<RawBlock | null>("eth_getBlockByNumber", [tag, false]);
  if (block === null) return undefined;
  return {
    height: Number(block.number),
    hash: block.hash,
    time: Number(block.timestamp),
    gasUsed: BigInt(block.gasUsed),
  };
}

/** How many peers a node has. */
export async function peerCount(node: NodeConnection): Promise<number> {
  return Number(await node.call<string>("net_peerCount"));
}

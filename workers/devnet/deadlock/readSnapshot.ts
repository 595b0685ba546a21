import type { NodeConnection } from "../engines/types.js";
import { peerCount } from "../nodeState.js";
import type { Validator } from "../types.js";
import type { NodeSnapshot } from "./types.js";

interface RawHead {
  readonly number: string;
  readonly hash: string;
  readonly totalDifficulty: string;
}

interface RawSnapshot {
  readonly signers: Readonly<Record<string, unknown>>;
  readonly recents: Readonly<Record<string, string>>;
}

/** How a geth node with Clique stands: its head, and the snapshot of the sealers at that very block. */
export async function readSnapshot(
  node: NodeConnection,
  { number, address }: Validator,
): Promise<Omit<NodeSnapshot, "stillSeconds">> {
  const head = await node.call<RawHead>("eth_getBlockByNumber", ["latest", false]);
  const [{ signers, recents }, peers] = await Promise.all([
    node.call<RawSnapshot>("clique_getSnapshotAtHash", [head.hash]),
    peerCount(node),
  ]);
  return {
    number,
    sealer: address,
    head: {
      height: Number(head.number),
      hash: head.hash,
      totalDifficulty: BigInt(head.totalDifficulty),
    },
    peers,
    sealers: Object.keys(signers),
    recents: Object.entries(recents).map(([height, sealer]) => ({ height: Number(height), sealer })),
  };
}

import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { NodeConnection } from "../engines/types.js";
import { DevnetError } from "../errors.js";
import { RpcError } from "../ipc.js";
import { blockAt } from "../nodeState.js";
import { commonHeight } from "./commonHeight.js";
import { pickWinner } from "./pickWinner.js";
import { keepRescued, resendRescued, type Resent, transactionsOf } from "./rescue.js";
import type { ChainHead } from "./types.js";

/** A node that takes part in a recovery. */
export interface Party {
  readonly name: string;
  readonly head: ChainHead;
  readonly node: NodeConnection;
}

/** Files that a recovery uses, on the machine of the nodes. */
export interface RecoveryFiles {
  /** The winner writes its branch there, the others read it: where nobody else may write. */
  readonly branch: string;
  /** Transactions of the branches that are given up, until they are sent again. */
  readonly rescued: string;
}

/** What a recovery did. */
export interface Recovery {
  readonly winner: string;
  /** The head that all came to. */
  readonly head: { readonly height: number; readonly hash: string };
  /** The last block that all chains had in common. */
  readonly commonHeight: number;
  /** Nodes that followed once they had the winner's branch. */
  readonly followed: readonly string[];
  /** Nodes that had to be wound back first. */
  readonly woundBack: readonly string[];
  readonly transactions: Resent;
}

/** How long a node may take to turn to a branch by itself. */
const TURN_MILLISECONDS = 1_000;
/** How long it may take to stop sealing, and to have the branch that it was wound back for: ends what is hopeless. */
const PATIENCE_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 25;

/**
 * Brings geth nodes that stand on different heads to one of them, so that sealing goes on. The winner's branch, from the
 * last common block on, is handed to every other node; one that does not turn to it is wound back to the common block first,
 * with its miner stopped: else it would at once seal on what it should leave. Transactions of the branches that are given
 * up are written down before anything changes, and sent again at the end.
 *
 * It may be done again after it was cut short.
 *
 * @throws DevnetError if a node does not come to the winner's head.
 * @throws RpcError if a node goes away.
 */
export async function recover(parties: readonly Party[], files: RecoveryFiles): Promise<Recovery> {
  const winner = pickWinner(parties);
  const losers = await Promise.all(
    parties
      .filter(({ head }) => head.hash !== winner.head.hash)
      .map(async (party) => {
        const from = Math.min(party.head.height, winner.head.height);
        return { ...party, common: await commonHeight(party.node, winner.node, from) };
      }),
  );
  const common = Math.min(winner.head.height, ...losers.map((loser) => loser.common));
  for (const loser of losers)
    keepRescued(files.rescued, await transactionsOf(loser.node, loser.common + 1, loser.head.height));

  const followed: string[] = [];
  const woundBack: string[] = [];
  // geth writes over no file.
  rmSync(files.branch, { force: true });
  try {
    if (losers.length > 0)
      await winner.node.call("admin_exportChain", [files.branch, common + 1, winner.head.height]);
    for (const { name, node, common: back } of losers) {
      await takeIn(node, files.branch);
      if (await turnsTo(node, winner.head, TURN_MILLISECONDS)) {
        followed.push(name);
        continue;
      }
      await windBack(node, back, files.branch);
      if (!(await turnsTo(node, winner.head, PATIENCE_MILLISECONDS)))
        throw new DevnetError(
          `${name} does not turn to block ${winner.head.height} (${winner.head.hash}) of ${winner.name}; see its log`,
        );
      woundBack.push(name);
    }
  } finally {
    rmSync(files.branch, { force: true });
  }
  // One before this may have been cut short between a miner's stop and its start.
  for (const { node } of parties) await node.call("miner_start");
  return {
    winner: winner.name,
    head: { height: winner.head.height, hash: winner.head.hash },
    commonHeight: common,
    followed,
    woundBack,
    transactions: await resendRescued(files.rescued, winner.node),
  };
}

/** Hands a node a branch. It may refuse one that does not fit any more: whether it turned to it is looked at apart. */
async function takeIn(node: NodeConnection, branch: string): Promise<void> {
  try {
    await node.call("admin_importChain", [branch]);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
}

async function windBack(node: NodeConnection, height: number, branch: string): Promise<void> {
  await node.call("miner_stop");
  try {
    await soon(async () => !(await node.call<boolean>("eth_mining")), PATIENCE_MILLISECONDS);
    await node.call("debug_setHead", [`0x${height.toString(16)}`]);
    await takeIn(node, branch);
  } finally {
    await node.call("miner_start");
  }
}

/** Whether a node's chain comes to have a block in time. */
async function turnsTo(
  node: NodeConnection,
  { height, hash }: ChainHead,
  milliseconds: number,
): Promise<boolean> {
  return await soon(async () => (await blockAt(node, height))?.hash === hash, milliseconds);
}

async function soon(holds: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await pause(LOOK_MILLISECONDS);
  }
  return true;
}

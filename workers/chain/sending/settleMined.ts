import {
  blocksOfSends,
  confirmSends,
  dropFillers,
  dropFinalBytes,
  finaliseBlocks,
  moveSend,
  sendsInState,
} from "../../store/sends.js";
import { KEPT_BLOCKS } from "./displaceLost.js";
import type { Head, SenderParts } from "./types.js";

/**
 * Moves on what lies deep enough: what is included becomes confirmed, and final when its block is; what reverted is
 * judged only now, as a fork could still undo the revert.
 *
 * @param depth Blocks above a transaction's own by which it is confirmed.
 */
export async function settleMined(parts: SenderParts, head: Head, depth: number): Promise<void> {
  const { store, logger, describe, judgeRevert } = parts;
  confirmSends(store, head.number - depth);
  for (const send of sendsInState(store, "reverted")) {
    if (send.block === undefined || send.block.number + depth > head.number) continue;
    const fields = {
      ...(describe?.(send) ?? { purpose: send.purpose }),
      hash: send.hash,
      block: send.block.number,
    };
    const verdict = send.abandoned
      ? { state: "failed" as const, reason: send.reason ?? "given up" }
      : ((await judgeRevert?.(send)) ?? { state: "failed" as const, reason: "reverted" });
    moveSend(store, send.id, verdict.state, verdict.reason);
    if (verdict.state === "failed") logger.error({ ...fields, reason: verdict.reason }, "transaction failed");
    else logger.info(fields, verdict.reason);
  }
  await finalise(parts);
  dropFinalBytes(store, head.number - KEPT_BLOCKS);
  dropFillers(store);
}

async function finalise({ store, finality }: SenderParts): Promise<void> {
  const latest = await finality?.latest();
  if (finality !== undefined && latest === undefined) return;
  const blocks = blocksOfSends(store, 0, "confirmed").filter(
    ({ number }) => latest === undefined || number <= latest.number,
  );
  const final = await Promise.all(
    blocks.map(async (block) => finality === undefined || (await finality.isFinal(block))),
  );
  finaliseBlocks(
    store,
    blocks.filter((_, i) => final[i]),
  );
}

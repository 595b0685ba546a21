import type { Block } from "ethers";
import { forgetRestored, noteRestoredBlock, readRestored } from "../store/restored.js";
import type { OperatorContext } from "./operatorContext.js";

/**
 * Of a database restored from a backup: whether transactions that were signed since may still be on their way, which
 * the journal does not know. Nothing is signed until they are in blocks, whose events are known, or lost.
 */
export async function awaitRestored(
  context: OperatorContext,
  head: Block,
  confirmationDepth: number,
): Promise<boolean> {
  const { provider, store, logger, account } = context.worker;
  const restored = readRestored(store);
  if (restored === undefined) return false;
  if (restored.block === undefined) noteRestoredBlock(store, head.number);
  const since = restored.block ?? head.number;
  const [pending, latest] = await Promise.all([
    provider.getTransactionCount(account, "pending"),
    provider.getTransactionCount(account, "latest"),
  ]);
  const untilBlock = since + confirmationDepth;
  if (pending > latest || head.number < untilBlock) {
    context.once("restored", () =>
      logger.info({ untilBlock, pending: pending - latest }, "restored; catching up before it signs"),
    );
    return true;
  }
  forgetRestored(store);
  logger.info({ block: head.number }, "restored history has caught up");
  return false;
}

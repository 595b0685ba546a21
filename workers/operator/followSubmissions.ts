import { moveSubmission, submissionsInState, type Submission } from "../store/journal.js";
import type { Collaborators } from "./collaborators.js";
import { broadcast } from "./submit.js";

/**
 * Looks after the transactions in the journal that are not final: notes which are included, reverted or final, and
 * gives those to the node that it does not know (it was down, it was restarted, the worker died before sending).
 *
 * @param head number of the latest block.
 * @param nextSlot the slot that the ledger settles next.
 * @returns whether any is not included yet.
 */
export async function followSubmissions(
  worker: Collaborators,
  head: number,
  nextSlot: number,
  finalityBlocks: number,
): Promise<boolean> {
  const { provider, signer, store } = worker;
  const open = submissionsInState(store, "journaled", "broadcast", "included");
  if (open.length === 0) return false;
  // Before the receipts: a transaction that is included after this look has a receipt below.
  const nonce = await provider.getTransactionCount(await signer.getAddress(), "latest");
  let waiting = false;
  for (const submission of open) {
    const settled = await followOne(worker, submission, nonce, nextSlot, head - finalityBlocks);
    waiting ||= !settled;
  }
  return waiting;
}

/** @returns whether it is in a block, or will never be. */
async function followOne(
  worker: Collaborators,
  submission: Submission,
  nonce: number,
  nextSlot: number,
  finalBlock: number,
): Promise<boolean> {
  const { provider, store, logger, observe } = worker;
  const { id, slot, kind, hash } = submission;
  const receipt = await provider.getTransactionReceipt(hash);
  if (receipt !== null) {
    const block = receipt.blockNumber;
    if (receipt.status === 1) {
      if (submission.state !== "included") {
        await observe("included", { ...submission, block });
        moveSubmission(store, id, "included", { block });
        logger.info({ slot, kind, hash, block, gas: Number(receipt.gasUsed) }, "transaction included");
      }
      const final =
        worker.finality === undefined
          ? block <= finalBlock
          : await worker.finality.isFinal({ number: block, hash: receipt.blockHash });
      if (final) moveSubmission(store, id, "final");
    } else if (kind === "settle" && slot < nextSlot) {
      moveSubmission(store, id, "superseded", { block, reason: "another settlement of the slot came first" });
      logger.info({ slot, hash, block }, "another settlement of the slot came first");
    } else if (kind === "suspect" || kind === "conclude") {
      moveSubmission(store, id, "superseded", { block, reason: "another claim for the slot came first" });
      logger.info({ slot, hash, block }, "another claim for the slot came first");
    } else {
      moveSubmission(store, id, "failed", { block, reason: "reverted" });
      logger.error({ slot, kind, hash, block }, "transaction reverted");
    }
    return true;
  }
  if (nonce > submission.nonce) {
    // Its nonce went to another transaction of the account, sent by other hands.
    moveSubmission(store, id, "failed", { reason: "its nonce was used by another transaction" });
    logger.warn({ slot, kind, hash, nonce: submission.nonce }, "nonce used by another transaction");
    return true;
  }
  if (submission.state === "included") {
    moveSubmission(store, id, "broadcast");
    logger.warn(
      { slot, kind, hash },
      "the chain has turned to another branch; the transaction is sent again",
    );
  }
  if ((await provider.getTransaction(hash)) === null) await broadcast(worker, submission);
  else if (submission.state === "journaled") moveSubmission(store, id, "broadcast");
  return false;
}

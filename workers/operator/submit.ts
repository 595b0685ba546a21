import { keccak256, type TransactionRequest } from "ethers";
import {
  journalSubmission,
  moveSubmission,
  nextJournalNonce,
  type Submission,
  type SubmissionKind,
} from "../store/journal.js";
import type { Collaborators } from "./collaborators.js";
import { isNodeDown } from "./isNodeDown.js";

/** A call to be sent as a transaction. */
export interface Call {
  readonly slot: number;
  readonly kind: SubmissionKind;
  readonly to: string;
  readonly data: string;
  /** What the journal keeps of it. */
  readonly payload: Uint8Array;
}

/** Room above the estimate: other calls may come first and change what this one costs. */
const GAS_MARGIN = 1.25;

/**
 * Sends a call: signs it, writes the signed transaction into the journal, and only then gives it to the node. From the
 * journal on it is the same transaction for ever, so that sending it again after a crash cannot do its work twice.
 *
 * @throws what `estimateGas` throws if the call would revert: nothing is journaled then.
 */
export async function submit(worker: Collaborators, call: Call): Promise<Submission> {
  const { store, signer, provider, clock, observe } = worker;
  const from = await signer.getAddress();
  const gas = await provider.estimateGas({ from, to: call.to, data: call.data });
  const block = await provider.getBlock("latest");
  const scaled = BigInt(Math.ceil(Number(gas) * GAS_MARGIN));
  const limit = block?.gasLimit ?? scaled;
  const network = await provider.getNetwork();
  const pending = await provider.getTransactionCount(from, "pending");
  const request: TransactionRequest = {
    from,
    to: call.to,
    data: call.data,
    chainId: network.chainId,
    nonce: Math.max(pending, nextJournalNonce(store)),
    gasLimit: scaled > limit ? limit : scaled,
    ...(await feesOf(worker)),
  };
  const raw = await signer.signTransaction(request);
  const submission = journalSubmission(store, {
    slot: call.slot,
    kind: call.kind,
    payload: call.payload,
    nonce: Number(request.nonce),
    raw,
    hash: keccak256(raw),
    at: Math.floor(clock.now()),
  });
  await observe("journaled", submission);
  await broadcast(worker, submission);
  return submission;
}

async function feesOf({ provider, gasPrice }: Collaborators): Promise<TransactionRequest> {
  if (gasPrice !== undefined) return { type: 0, gasPrice };
  const fees = await provider.getFeeData();
  const { maxFeePerGas, maxPriorityFeePerGas } = fees;
  return maxFeePerGas === null || maxPriorityFeePerGas === null
    ? { type: 0, gasPrice: fees.gasPrice ?? 0n }
    : { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}

/** Gives a journaled transaction to the node, again if need be. */
export async function broadcast(worker: Collaborators, submission: Submission): Promise<void> {
  const { provider, store, logger, observe } = worker;
  const { slot, kind, hash } = submission;
  try {
    await provider.broadcastTransaction(submission.raw);
  } catch (error) {
    if (isNodeDown(error)) throw error;
    const known =
      error instanceof Error && /already known|known transaction|already imported/i.test(error.message);
    if (!known) {
      // The node took it and it reverted, or it refused it: the receipt, or its absence, tells at the next look.
      const reason = error instanceof Error ? error.message : String(error);
      logger.debug({ slot, kind, hash, reason }, "the node did not take a transaction as it is");
      return;
    }
  }
  await observe("broadcast", submission);
  if (submission.state === "journaled") moveSubmission(store, submission.id, "broadcast");
  logger.info({ slot, kind, hash }, "transaction sent");
}

import { abandonSend, moveSend, sendById, signedForms, type Send } from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import type { SenderParts } from "./types.js";

/** Transactions that go to the node as one request: later nonces do not overtake earlier ones by much. */
const TOGETHER = 100;

/**
 * Gives journaled transactions to the node, each as it was signed last. To give one again changes nothing.
 *
 * @param widely To every node that there is.
 */
export async function broadcastSends(
  parts: SenderParts,
  sends: readonly Send[],
  widely = false,
): Promise<void> {
  for (let first = 0; first < sends.length; first += TOGETHER) {
    await broadcastTogether(parts, sends.slice(first, first + TOGETHER), widely);
  }
}

async function broadcastTogether(parts: SenderParts, sends: readonly Send[], widely: boolean): Promise<void> {
  const { store, chain, logger, observe, describe = purposeOf } = parts;
  const answers = await Promise.all(
    sends.map(async ({ id }) => await chain.broadcast(signedForms(store, id).at(-1)!.raw, widely)),
  );
  const taken = sends.filter((_, i) => answers[i]!.taken);
  for (const send of taken) await observe?.("broadcast", send);
  transaction(store, () => {
    for (const [i, send] of sends.entries()) {
      const { id, hash, state, abandoned } = send;
      const answer = answers[i]!;
      if (answer.taken) {
        if (state === "journaled") moveSend(store, id, "broadcast");
      } else if (answer.hopeless && !abandoned && sendById(store, id)?.state !== "broadcast") {
        abandonSend(store, id, answer.reason);
        logger.error(
          { ...describe(send), hash, reason: answer.reason },
          "no node takes a transaction; given up",
        );
      } else {
        // It may have been mined at once, or its nonce is used, or the account cannot pay: a later look tells.
        logger.debug(
          { ...describe(send), hash, reason: answer.reason },
          "the node did not take a transaction as it is",
        );
      }
    }
  });
  for (const send of taken) {
    if (send.state === "journaled") logger.info({ ...describe(send), hash: send.hash }, "transaction sent");
  }
}

function purposeOf({ purpose }: Send): object {
  return { purpose };
}

import { abandonSend, moveSend, sendById, signedForms, type Send } from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import type { Line } from "./line.js";
import type { Answer, SenderParts } from "./types.js";

/** Transactions that go to the node as one request, and characters of them: later nonces do not overtake earlier ones by much. */
const TOGETHER = 100;
const MOST_CHARACTERS = 2 ** 20;

/**
 * Gives journaled transactions to the node, each as it was signed last. To give one again changes nothing.
 *
 * @param line Told what the account can pay for.
 * @param widely To every node that there is.
 */
export async function broadcastSends(
  parts: SenderParts,
  line: Line,
  sends: readonly Send[],
  widely = false,
): Promise<void> {
  const answered: Answered[] = [];
  try {
    for (let first = 0; first < sends.length;) {
      const some = together(parts, sends, first);
      const raws = some.map(({ raw }) => raw);
      const answers = await parts.chain.broadcast(raws, widely);
      for (const [i, { send }] of some.entries()) {
        if (answers[i]!.taken) await parts.observe?.("broadcast", send);
        answered.push({ send, answer: answers[i]! });
      }
      first += some.length;
    }
  } finally {
    note(parts, line, answered);
  }
}

interface Answered {
  readonly send: Send;
  readonly answer: Answer;
}

/** The next that go as one request: at least one. */
function together(
  { store }: SenderParts,
  sends: readonly Send[],
  first: number,
): { readonly send: Send; readonly raw: string }[] {
  const some: { send: Send; raw: string }[] = [];
  let characters = 0;
  for (const send of sends.slice(first, first + TOGETHER)) {
    const { raw } = signedForms(store, send.id).at(-1)!;
    characters += raw.length;
    if (some.length > 0 && characters > MOST_CHARACTERS) break;
    some.push({ send, raw });
  }
  return some;
}

/** Writes down what the node took, in one step. */
function note(
  { store, account, logger, describe = purposeOf }: SenderParts,
  line: Line,
  answered: readonly Answered[],
): void {
  transaction(store, () => {
    for (const { send, answer } of answered) {
      const { id, hash } = send;
      // A look that went on beside may have found it in a block, or signed it anew.
      const now = sendById(store, id);
      const waits = now?.state === "journaled" && now.hash === hash;
      if (answer.taken) {
        line.paysFor(id);
        if (waits) moveSend(store, id, "broadcast");
      } else if (answer.hopeless && waits && !now.abandoned) {
        abandonSend(store, id, answer.reason);
        logger.error(
          { ...describe(send), hash, reason: answer.reason },
          "no node takes a transaction; given up",
        );
      } else if (answer.unpaid && line.cannotPayFor(id)) {
        logger.warn(
          { ...describe(send), hash, account, reason: answer.reason },
          "the account cannot pay; its transactions wait until it can",
        );
      } else {
        // It may have been mined at once, or its nonce is used: a later look tells.
        logger.debug(
          { ...describe(send), hash, reason: answer.reason },
          "the node did not take a transaction as it is",
        );
      }
    }
  });
  for (const { send, answer } of answered) {
    if (answer.taken && send.state === "journaled") {
      logger.info({ ...describe(send), hash: send.hash }, "transaction sent");
    }
  }
}

function purposeOf({ purpose }: Send): object {
  return { purpose };
}

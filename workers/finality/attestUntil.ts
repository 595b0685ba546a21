import type { Logger } from "pino";
import { messageOf } from "../errors/messageOf.js";
import type { FinalityNode } from "./finalityNode.js";

/** What turns are made with. */
export interface AttestingParts {
  readonly clock: {
    /** Waits, or less when the signal is given. Never rejects. */
    sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  };
  readonly logger: Logger;
  readonly pollMilliseconds: number;
}

/**
 * Has a seat's part in the overlay turn again and again until the signal is given, beside whatever else the worker does. What fails
 * is logged once and tried again.
 */
export async function attestUntil(
  node: FinalityNode,
  { clock, logger, pollMilliseconds }: AttestingParts,
  signal: AbortSignal,
): Promise<void> {
  let lastMessage = "";
  while (!signal.aborted) {
    try {
      await node.turn();
      lastMessage = "";
    } catch (error) {
      const message = messageOf(error);
      if (message !== lastMessage && !signal.aborted)
        logger.warn({ reason: message }, "blocks are not signed; trying again");
      lastMessage = message;
    }
    await clock.sleep(pollMilliseconds, signal);
  }
}

import { getBytes } from "ethers";
import type { OperatorContext } from "./operatorContext.js";
import { sendCall } from "./sendCall.js";

/** Sends a call that settles or closes a slot. @returns whether it was sent. */
export async function sendSettlement(context: OperatorContext, slot: number, data: string): Promise<boolean> {
  const to = context.config.contracts.ledger;
  return await sendCall(context, { slot, kind: "settle", to, data, payload: getBytes(data) });
}

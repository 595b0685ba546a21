import { messageOf } from "../../errors/messageOf.js";
import type { Answer } from "./types.js";

const KNOWN = /already known|known transaction|already imported|already exists/iu;
/** No waiting mends these: too much gas or too many bytes for any block or pool, or no transaction at all. */
const HOPELESS =
  /exceeds block gas limit|block gas limit of|oversized data|intrinsic gas too low|gas limit too high|init ?code size|invalid sender|type not supported|transaction gas limit|exceeds (?:the )?transaction gas cap/iu;
/** The account has less than value, gas and price come to, with what waits before it: geth's words, Hardhat's, Besu's. */
const UNPAID = /insufficient (?:funds|balance)|have enough funds|upfront cost exceeds/iu;

/** What a node's refusal of a signed transaction means. */
export function judgeAnswer(error: unknown): Answer {
  const reason = rpcMessage(error);
  if (KNOWN.test(reason)) return { taken: true };
  return { taken: false, hopeless: HOPELESS.test(reason), unpaid: UNPAID.test(reason), reason };
}

/** What the node said; ethers wraps it. */
function rpcMessage(error: unknown): string {
  const { error: inner, info } = (error ?? {}) as {
    error?: { message?: unknown };
    info?: { error?: { message?: unknown } };
  };
  const said = inner?.message ?? info?.error?.message;
  if (typeof said === "string") return said;
  return messageOf(error);
}

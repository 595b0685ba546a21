import type { Provider } from "ethers";

/** A provider that passes calls on as they are; ethers' own reading of blocks knows none without a number. */
interface Raw {
  send(method: string, params: readonly unknown[]): Promise<unknown>;
}

/**
 * The time that a transaction sent now will see, seconds: that of the block which is being made. A chain that makes
 * blocks only as they are needed can have a newest block that is hours old.
 */
export async function chainTime(provider: Provider): Promise<number> {
  const pending = isRaw(provider) ? await provider.send("eth_getBlockByNumber", ["pending", false]) : null;
  if (typeof pending === "object" && pending !== null && "timestamp" in pending)
    return Number(pending.timestamp);
  return (await provider.getBlock("latest"))!.timestamp;
}

function isRaw(provider: Provider): provider is Provider & Raw {
  return "send" in provider && typeof provider.send === "function";
}

import type { Metering } from "../../../typechain-types/index.js";

/** Hashed identities in a transaction: about 50,000 gas each. */
const AT_ONCE = 100;

/**
 * Stores hashed identities of meters on the chain, in batches.
 *
 * @param metering connected to the utility's account.
 * @param progress told how many are stored.
 * @returns the number of each meter.
 */
export async function storeIdentities(
  metering: Metering,
  hids: readonly string[],
  progress: (stored: number) => void = () => undefined,
): Promise<number[]> {
  const numbers: number[] = [];
  for (let at = 0; at < hids.length; at += AT_ONCE) {
    const batch = hids.slice(at, at + AT_ONCE);
    const sent = await metering.storeIdentities(batch);
    await sent.wait();
    const first = Number(await metering.meterOf(batch[0]!));
    for (const [i] of batch.entries()) numbers.push(first + i);
    progress(numbers.length);
  }
  return numbers;
}

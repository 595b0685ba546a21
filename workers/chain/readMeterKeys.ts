import { getAddress, toBeHex, ZeroAddress } from "ethers";
import type { MeterKeys } from "../../typechain-types/measurement/MeterKeys.js";

/** A key of a meter. */
export interface MeterKey {
  /** It holds from this slot on, until that of the next key. */
  readonly fromSlot: number;
  /** Address of the key; undefined: from here on the meter signs no longer. */
  readonly key: string | undefined;
}

const PLACES_A_CALL = 500;
const KEY_BITS = 160n;

/** The keys that meters of a seat ever had, ascending by slot; of those that had any, by place. */
export async function readMeterKeys(
  meterKeys: MeterKeys,
  seat: number,
  places: readonly number[],
): Promise<Map<number, MeterKey[]>> {
  const keys = new Map<number, MeterKey[]>();
  for (let at = 0; at < places.length; at += PLACES_A_CALL) {
    const some = places.slice(at, at + PLACES_A_CALL);
    const found = await meterKeys.keysOf(seat, some);
    for (const [i, words] of found.entries()) {
      if (words.length > 0) keys.set(some[i]!, words.map(keyOf));
    }
  }
  return keys;
}

/** The key that held in a slot; undefined if there was none. */
export function keyInSlot(keys: readonly MeterKey[], slot: number): string | undefined {
  return keys.findLast(({ fromSlot }) => fromSlot <= slot)?.key;
}

function keyOf(word: bigint): MeterKey {
  const key = getAddress(toBeHex(word & ((1n << KEY_BITS) - 1n), 20));
  return { fromSlot: Number(word >> KEY_BITS), key: key === ZeroAddress ? undefined : key };
}

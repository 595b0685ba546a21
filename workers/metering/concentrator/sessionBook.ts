import type { Metering } from "../../../typechain-types/index.js";

/** Seconds for which the contract is not asked again about a meter whose key is unknown. */
const AGAIN_SECONDS = 5;

interface Known {
  readonly keys: ReadonlySet<string>;
  readonly askedAt: number;
}

/** Which session keys a meter has, as the contract last said: so that what it would skip never costs gas. */
export class SessionBook {
  readonly #metering: Metering;
  readonly #known = new Map<number, Known>();

  constructor(metering: Metering) {
    this.#metering = metering;
  }

  /** Whether a key is one of a meter's. One that is unknown is asked for, but not over and over. */
  async has(meter: number, key: string, now: number): Promise<boolean> {
    const known = this.#known.get(meter);
    if (known?.keys.has(key) === true) return true;
    if (known !== undefined && now < known.askedAt + AGAIN_SECONDS) return false;
    const { key: current, previousKey } = await this.#metering.meterAt(meter);
    const keys = new Set([current.toLowerCase(), previousKey.toLowerCase()]);
    this.#known.set(meter, { keys, askedAt: now });
    return keys.has(key);
  }
}

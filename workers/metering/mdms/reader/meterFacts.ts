import type { Metering } from "../../../../typechain-types/index.js";

/** What of meters and epochs never changes, from the contract, asked once each. */
export class MeterFacts {
  readonly #metering: Metering;
  readonly #hids = new Map<number, string>();
  readonly #meters = new Map<string, number>();
  readonly #epochKeys = new Map<number, string>();

  constructor(metering: Metering) {
    this.#metering = metering;
  }

  /** Its hashed identity. */
  async hidOf(meter: number): Promise<string> {
    const known = this.#hids.get(meter);
    if (known !== undefined) return known;
    const { hid } = await this.#metering.meterAt(meter);
    this.#hids.set(meter, hid);
    return hid;
  }

  /** The meter whose session key an address is or was; 0 if it is none's. */
  async meterOfKey(key: string): Promise<number> {
    const known = this.#meters.get(key);
    if (known !== undefined) return known;
    const meter = Number(await this.#metering.meterOfKey(key));
    // A key that is no meter's may become one's.
    if (meter !== 0) this.#meters.set(key, meter);
    return meter;
  }

  /** The public key that an epoch was opened with, hexadecimal; `0x` if it was not opened. */
  async keyOfEpoch(epoch: number): Promise<string> {
    const known = this.#epochKeys.get(epoch);
    if (known !== undefined) return known;
    const { publicKey } = await this.#metering.epochKey(epoch);
    if (publicKey !== "0x") this.#epochKeys.set(epoch, publicKey);
    return publicKey;
  }
}

import type { Metering } from "../../../typechain-types/index.js";
import { METER_STATES } from "../chain/reasons.js";

/** Seconds for which the contract is not asked again about a meter whose key is unknown. */
const AGAIN_SECONDS = 5;
const NO_KEY = `0x${"00".repeat(20)}`;

/** Why a key is none of a meter's, in the contract's words. */
export type NoKey = "Unknown" | "Revoked" | "NoSession" | "BadSignature";

interface Known {
  readonly keys: ReadonlySet<string>;
  /** Of any other key. */
  readonly otherwise: NoKey;
  readonly askedAt: number;
}

/** Which session keys a meter has, as the contract last said: so that what it would skip never costs gas. */
export class SessionBook {
  readonly #metering: Metering;
  readonly #known = new Map<number, Known>();

  constructor(metering: Metering) {
    this.#metering = metering;
  }

  /** Why a key is none of a meter's; undefined if it is one. One that is unknown is asked for, but not over and over. */
  async flawOf(meter: number, key: string, now: number): Promise<NoKey | undefined> {
    let known = this.#known.get(meter);
    if (known?.keys.has(key) === true) return undefined;
    // A clock that was set back counts as time that has passed.
    if (known === undefined || Math.abs(now - known.askedAt) >= AGAIN_SECONDS) {
      known = { ...(await this.#ask(meter)), askedAt: now };
      this.#known.set(meter, known);
    }
    return known.keys.has(key) ? undefined : known.otherwise;
  }

  async #ask(meter: number): Promise<Pick<Known, "keys" | "otherwise">> {
    const { key, previousKey, state: at } = await this.#metering.meterAt(meter);
    const state = METER_STATES[Number(at)];
    if (state === "Revoked") return { keys: new Set(), otherwise: "Revoked" };
    if (state !== "Registered") return { keys: new Set(), otherwise: "Unknown" };
    if (key === NO_KEY) return { keys: new Set(), otherwise: "NoSession" };
    return { keys: new Set([key.toLowerCase(), previousKey.toLowerCase()]), otherwise: "BadSignature" };
  }
}

import type { Alert } from "./types.js";

/** An alert, and since when it stands. */
export type StandingAlert = Alert & { readonly sinceSeconds: number };

/** Remembers which alerts stand, and since when. */
export class AlertBook {
  #standing = new Map<string, StandingAlert>();

  get standing(): readonly StandingAlert[] {
    return [...this.#standing.values()];
  }

  /**
   * Takes in what stands now.
   *
   * @param nowSeconds Unix time.
   * @returns What is new, and what is over.
   */
  update(
    alerts: readonly Alert[],
    nowSeconds: number,
  ): { readonly raised: readonly StandingAlert[]; readonly cleared: readonly StandingAlert[] } {
    const before = this.#standing;
    this.#standing = new Map(
      alerts.map((alert) => {
        const sinceSeconds = before.get(keyOf(alert))?.sinceSeconds ?? nowSeconds;
        return [keyOf(alert), { ...alert, sinceSeconds }];
      }),
    );
    const missingIn =
      (other: ReadonlyMap<string, Alert>) =>
      ([key]: readonly [string, StandingAlert]): boolean =>
        !other.has(key);
    return {
      raised: [...this.#standing].filter(missingIn(before)).map(([, alert]) => alert),
      cleared: [...before].filter(missingIn(this.#standing)).map(([, alert]) => alert),
    };
  }
}

function keyOf({ name, validator }: Alert): string {
  return `${name} ${validator ?? ""}`;
}

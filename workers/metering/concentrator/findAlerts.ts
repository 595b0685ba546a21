import { lowBalance } from "../../alerts/lowBalance.js";
import type { Finding } from "../../alerts/types.js";
import { brokerLost } from "../brokerLost.js";

/** How a concentrator stands. */
export interface ConcentratorState {
  readonly connected: boolean;
  /** Items in the queue, and how many are the most. */
  readonly queued: number;
  readonly mostQueued: number;
  /** Age of the oldest item that is not final, seconds. */
  readonly lagSeconds: number;
  readonly balanceWei: bigint;
  /** What a full transaction of reports costs. */
  readonly transactionWei: bigint;
}

/** Age at which a report that is not final is late, seconds: a sixth of a half hour, and many blocks. */
const LATE_SECONDS = 300;
/** Part of the queue that is left when a person should look. */
const LEAST_ROOM = 0.1;
const LOW_BALANCE_TRANSACTIONS = 100;

/** All that is wrong with a concentrator. */
export function findConcentratorAlerts(state: ConcentratorState): Finding[] {
  const { connected, queued, mostQueued, lagSeconds, balanceWei, transactionWei } = state;
  const findings: (Finding | undefined)[] = [
    brokerLost(connected),
    lagSeconds < LATE_SECONDS
      ? undefined
      : {
          name: "reportsLate",
          message: `the oldest of ${queued} items in the queue has waited ${Math.round(lagSeconds)} s to become final`,
          values: { lagSeconds: Math.round(lagSeconds), queued },
        },
    queued < mostQueued * (1 - LEAST_ROOM)
      ? undefined
      : {
          name: "queueFull",
          message: `${queued} items are in the queue, which takes ${mostQueued}`,
          values: { queued, mostQueued },
        },
    lowBalance(balanceWei, transactionWei, LOW_BALANCE_TRANSACTIONS),
  ];
  return findings.filter((one) => one !== undefined);
}

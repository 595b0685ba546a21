import { lowBalance } from "../../alerts/lowBalance.js";
import type { Finding } from "../../alerts/types.js";
import { brokerLost } from "../brokerLost.js";

/** How an MDMS stands. */
export interface MdmsState {
  readonly connected: boolean;
  /** Number of the latest block, and of the last whose reports are stored. */
  readonly height: number;
  readonly stored: number;
  /** Seconds by which the last block that is stored is older than the latest. */
  readonly behindSeconds: number;
  readonly balanceWei: bigint;
  /** What opening an epoch costs. */
  readonly transactionWei: bigint;
}

/** Seconds behind the chain at which a person should look: many blocks more than finality takes. */
const BEHIND_SECONDS = 300;
/** An epoch a day, and a key that is lost now and then. */
const LOW_BALANCE_TRANSACTIONS = 10;

/** All that is wrong with an MDMS. */
export function findMdmsAlerts(state: MdmsState): Finding[] {
  const { connected, height, stored, behindSeconds, balanceWei, transactionWei } = state;
  const findings: (Finding | undefined)[] = [
    brokerLost(connected),
    behindSeconds < BEHIND_SECONDS
      ? undefined
      : {
          name: "storageBehind",
          message: `reports are stored up to block ${stored}, ${behindSeconds} s behind block ${height}`,
          values: { stored, height, behindSeconds },
        },
    lowBalance(balanceWei, transactionWei, LOW_BALANCE_TRANSACTIONS),
  ];
  return findings.filter((one) => one !== undefined);
}

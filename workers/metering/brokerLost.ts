import { CONCENTRATOR_ALERTS } from "../alerts/alertNames.js";
import type { Finding } from "../alerts/types.js";

/** @returns the finding unless there is a connection to the broker. */
export function brokerLost(connected: boolean): Finding | undefined {
  return connected ? undefined : { name: "brokerLost", message: CONCENTRATOR_ALERTS.brokerLost };
}

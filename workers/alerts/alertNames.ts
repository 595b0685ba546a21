/** What an operator's worker raises, and what it says. The page on what to do about each is docs/alerts.md. */
export const WORKER_ALERTS = {
  nodeDown: "the node does not answer",
  slotGap: "a slot went past its cut-off with no upload of this operator",
  slotsUnsettled: "slots are past their grace and not settled",
  validatorNotSealing: "a validator does not seal",
  deepFork: "the chain took back more blocks than the confirmation depth",
  lowBalance: "the account can pay few more transactions",
  lowCredits: "the operator has few credits left",
  repeatedFailures: "the same work fails again and again",
} as const;

/** What those who tend a network raise. */
export const NETWORK_ALERTS = {
  validatorDown: "a validator does not run or does not answer",
  chainHalted: "the chain makes no blocks",
  chainSplit: "validators hold to different chains",
  deadlock: "validators wait for one another on different heads",
  validatorBehind: "a validator's node is behind the others",
  peersMissing: "a validator has too few peers",
  clockOff: "a validator's clock is off",
} as const;

/** What a data concentrator of household metering raises. */
export const CONCENTRATOR_ALERTS = {
  nodeDown: WORKER_ALERTS.nodeDown,
  lowBalance: WORKER_ALERTS.lowBalance,
  repeatedFailures: WORKER_ALERTS.repeatedFailures,
  brokerLost: "there is no connection to the broker",
  reportsLate: "a report waits too long to become final",
  queueFull: "the queue has little room left",
} as const;

/** What an MDMS raises. */
export const MDMS_ALERTS = {
  nodeDown: WORKER_ALERTS.nodeDown,
  lowBalance: WORKER_ALERTS.lowBalance,
  repeatedFailures: WORKER_ALERTS.repeatedFailures,
  brokerLost: CONCENTRATOR_ALERTS.brokerLost,
  storageBehind: "the reports of late blocks are not stored",
} as const;

/** Alerts, with what each says. */
export type AlertTable = Readonly<Partial<Record<AlertName, string>>>;

/** Every alert of a program of GridProof: the one vocabulary of logs, `/health` and `/metrics`. */
export type AlertName =
  | keyof typeof WORKER_ALERTS
  | keyof typeof NETWORK_ALERTS
  | keyof typeof CONCENTRATOR_ALERTS
  | keyof typeof MDMS_ALERTS;

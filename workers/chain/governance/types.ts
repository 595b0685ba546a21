/** A call that a proposal makes. */
export interface Call {
  readonly target: string;
  /** 0x and hexadecimal digits. */
  readonly data: string;
}

/** How a proposal stands, as `IGovernance.State` counts. */
export const proposalStates = [
  "none",
  "open",
  "carried",
  "executable",
  "executed",
  "rejected",
  "expired",
] as const;

export type ProposalState = (typeof proposalStates)[number];

/** A proposal with its calls; seats are those of present members, times unix seconds. */
export interface ProposalReport {
  readonly id: number;
  readonly state: ProposalState;
  /** Who proposed it. */
  readonly seat: number;
  readonly reason: string;
  readonly calls: readonly Call[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
  /** How many seats carry it. */
  readonly needed: number;
  readonly votingEnds: number;
  /** 0 while it is not carried. */
  readonly executableFrom: number;
  readonly executableUntil: number;
}

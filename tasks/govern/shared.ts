import type { Governance } from "../../typechain-types/index.js";
import { connectGovernance } from "../../workers/chain/governance/connectGovernance.js";
import { describeCall } from "../../workers/chain/governance/describeCall.js";
import type { ProposalReport } from "../../workers/chain/governance/types.js";
import type { Sharing } from "../support/openSharing.js";
import { UserError } from "../support/userError.js";

/** The governance of a deployment, and what its addresses are called. */
export interface Governed {
  readonly governance: Governance;
  readonly names: ReadonlyMap<string, string>;
}

/** Opens the governance of a deployment. */
export async function openGovernance({ contracts, members }: Sharing): Promise<Governed> {
  const governance = await connectGovernance(contracts.consortium);
  const names = new Map(members.map(({ account, name }) => [account.toLowerCase(), name]));
  names.set((await contracts.consortium.getAddress()).toLowerCase(), "consortium");
  names.set((await contracts.registry.getAddress()).toLowerCase(), "registry");
  names.set((await contracts.ledger.getAddress()).toLowerCase(), "ledger");
  names.set((await contracts.ledger.slotRules()).toLowerCase(), "rules");
  const { finality } = contracts;
  if (finality !== undefined) names.set((await finality.getAddress()).toLowerCase(), "finality");
  names.set((await governance.getAddress()).toLowerCase(), "governance");
  return { governance, names };
}

/** A proposal as JSON has it: calls in words beside their bytes, and names beside seats. */
export function proposalData(report: ProposalReport, { members }: Sharing, { names }: Governed) {
  const nameOf = (seat: number): string => members[seat]?.name ?? String(seat);
  return {
    ...report,
    proposedBy: nameOf(report.seat),
    yes: report.yes.map(nameOf),
    no: report.no.map(nameOf),
    calls: report.calls.map((call) => ({ ...call, words: describeCall(call, names) })),
  };
}

/** @throws UserError if this is no proposal's number. */
export function proposalNumber(id: number): bigint {
  if (!Number.isSafeInteger(id) || id < 1) throw new UserError(`${id} is no proposal's number`);
  return BigInt(id);
}

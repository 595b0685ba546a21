import { setTimeout as pause } from "node:timers/promises";
import { readProposals } from "../../workers/chain/governance/readProposals.js";
import type { ProposalReport } from "../../workers/chain/governance/types.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { openGovernance, proposalData, proposalNumber } from "./shared.js";

interface Arguments extends SignerArguments {
  readonly id: number;
  readonly wait: boolean;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, false);
  const governed = await openGovernance(sharing);
  const { governance } = governed;
  const id = proposalNumber(args.id);
  const read = async (): Promise<ProposalReport> => {
    const [found] = await readProposals(governance, sharing.deployment.fromBlock, id);
    return found!;
  };
  const before = args.wait ? await onceExecutable(read) : await read();
  const receipt = await sent(governance.execute(id, [...before.calls]));
  const data = proposalData({ ...before, state: "executed" }, sharing, governed);
  report(
    args.json,
    { ...data, gas: receipt.gasUsed },
    facts([
      ["executed", `proposal ${args.id}`],
      ...data.calls.map(({ words }, i): [string, string] => [`call ${i + 1}`, words]),
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});

const LOOK_MILLISECONDS = 1_000;

/** Waits while a carried proposal's delay lasts. What will not be executable by waiting is left for the contract to refuse. */
async function onceExecutable(read: () => Promise<ProposalReport>): Promise<ProposalReport> {
  let proposal = await read();
  if (proposal.state === "carried")
    process.stderr.write(`waiting until ${timeText(proposal.executableFrom)}, when its delay is over\n`);
  while (proposal.state === "carried") {
    await pause(LOOK_MILLISECONDS);
    proposal = await read();
  }
  return proposal;
}

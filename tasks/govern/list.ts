import { readProposals } from "../../workers/chain/governance/readProposals.js";
import { facts, table } from "../../workers/report/table.js";
import { SlotRules__factory } from "../../typechain-types/index.js";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { openGovernance, proposalData } from "./shared.js";

interface Arguments {
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSharing(hre, args.deployment);
  const governed = await openGovernance(sharing);
  const { governance } = governed;
  const present = await governance.rules();
  const proposals = (await readProposals(governance, sharing.deployment.fromBlock)).map((proposal) =>
    proposalData(proposal, sharing, governed),
  );
  const rules = {
    supermajority: `${present.supermajorityNumerator}/${present.supermajorityDenominator}`,
    votingSeconds: Number(present.votingSeconds),
    delay: Number(present.delaySeconds),
    executionSeconds: Number(present.executionSeconds),
    confirmationDepth: Number(present.confirmationDepth),
    ...(await newestRules(sharing.contracts)),
    vetoSeconds: Number(await sharing.contracts.registry.vetoSeconds()),
  };
  report(
    args.json,
    { rules, proposals },
    [
      facts(Object.entries(rules)),
      table(
        [
          { head: "id", align: "right" },
          { head: "state" },
          { head: "by" },
          { head: "for", align: "right" },
          { head: "needed", align: "right" },
          { head: "votes until" },
          { head: "what" },
        ],
        proposals.map(({ id, state, proposedBy, yes, needed, votingEnds, calls }) => [
          id,
          state,
          proposedBy,
          yes.length,
          needed,
          timeText(votingEnds),
          `${calls[0]!.words.slice(0, 60)}${calls.length > 1 ? ` (and ${calls.length - 1} more)` : ""}`,
        ]),
      ),
    ].join("\n"),
  );
});

/** The rules of the slot ledger that hold from the latest change on. */
async function newestRules({ ledger }: Contracts) {
  const rules = await SlotRules__factory.connect(await ledger.slotRules(), ledger.runner).rules();
  return {
    "ledger's rules from slot": Number(rules.firstSlot),
    reward: String(rules.terms.reward),
    missingPenalty: String(rules.terms.missingPenalty),
    anomalyPenalty: String(rules.terms.anomalyPenalty),
    normalQuantile: Number(rules.terms.normalQuantileQ32) / 2 ** 32,
    penaliseIncomplete: rules.terms.penaliseIncomplete,
    slotSeconds: Number(rules.slotSeconds),
    cutOffSlots: Number(rules.cutOffSlots),
    commitSlots: Number(rules.commitSlots),
    expirySlots: Number(rules.expirySlots),
  };
}

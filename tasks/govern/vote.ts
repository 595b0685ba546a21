import { readProposals } from "../../workers/chain/governance/readProposals.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { openGovernance, proposalData, proposalNumber } from "./shared.js";

interface Arguments extends SignerArguments {
  readonly id: number;
  readonly against: boolean;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, true);
  const governed = await openGovernance(sharing);
  const id = proposalNumber(args.id);
  await sent(governed.governance.vote(id, !args.against));
  const [after] = await readProposals(governed.governance, sharing.deployment.fromBlock, id);
  const data = proposalData(after!, sharing, governed);
  report(
    args.json,
    data,
    facts([
      ["proposal", args.id],
      ["vote", `${args.against ? "against" : "for"}, of ${sharing.member?.name ?? sharing.account}`],
      ["for", `${data.yes.length} of the ${data.needed} that carry it`],
      ["state", data.state],
      ["may be executed from", timeText(data.executableFrom)],
    ]),
  );
});

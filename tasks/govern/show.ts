import { readProposals } from "../../workers/chain/governance/readProposals.js";
import { facts } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { openGovernance, proposalData, proposalNumber } from "./shared.js";

interface Arguments {
  readonly id: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSharing(hre, args.deployment);
  const governed = await openGovernance(sharing);
  const id = proposalNumber(args.id);
  const [found] = await readProposals(governed.governance, sharing.deployment.fromBlock, id);
  const data = proposalData(found!, sharing, governed);
  report(
    args.json,
    data,
    facts([
      ["proposal", data.id],
      ["state", data.state],
      ["proposed by", data.proposedBy],
      ["reason", data.reason],
      ...data.calls.map(({ words }, i): [string, string] => [`call ${i + 1}`, words]),
      ["for", `${data.yes.join(", ") || "nobody"} (${data.needed} carry it)`],
      ["against", data.no.join(", ") || "nobody"],
      ["votes until", timeText(data.votingEnds)],
      ["may be executed from", timeText(data.executableFrom)],
      ["may be executed until", timeText(data.executableUntil)],
    ]),
  );
});

import { readProposals } from "../../workers/chain/governance/readProposals.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { userTask } from "../support/userTask.js";
import { openGovernance, proposalData, proposalNumber } from "./shared.js";

interface Arguments extends SignerArguments {
  readonly id: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, false);
  const governed = await openGovernance(sharing);
  const { governance } = governed;
  const id = proposalNumber(args.id);
  const [before] = await readProposals(governance, sharing.deployment.fromBlock, id);
  const receipt = await sent(governance.execute(id, [...before!.calls]));
  const data = proposalData({ ...before!, state: "executed" }, sharing, governed);
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

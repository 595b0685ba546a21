import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { timeText } from "../support/timeText.js";
import { openGovernance } from "../govern/shared.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { openOverlay } from "./openOverlay.js";

interface Arguments extends SignerArguments {
  readonly height: number;
  readonly reason: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, true);
  const { contract, standing } = await openOverlay(sharing);
  const block = args.height < 0 ? null : await sharing.provider.getBlock(args.height);
  if (block?.hash == null) throw new UserError(`this node has no block ${args.height}`);
  const { recorded, epoch } = standing;
  if (recorded !== undefined && block.number < recorded.number) {
    throw new UserError(`block ${recorded.number} is recorded as final: begin from it or a later one`);
  }
  const { governance } = await openGovernance(sharing);
  const data = contract.interface.encodeFunctionData("advanceEpoch", [epoch, block.number, block.hash]);
  await sent(governance.propose([{ target: await contract.getAddress(), data }], args.reason));
  const made = await governance.queryFilter(
    governance.filters.ProposalMade(undefined, sharing.member?.seat),
    sharing.deployment.fromBlock,
  );
  const { id, votingEnds } = made.at(-1)!.args;
  report(
    args.json,
    { id, epoch: epoch + 1, number: block.number, hash: block.hash, votingEnds },
    facts([
      ["proposal", grouped(id)],
      ["begins epoch", epoch + 1],
      ["from block", `${grouped(block.number)} ${block.hash}`],
      ["votes until", timeText(Number(votingEnds))],
    ]),
  );
});

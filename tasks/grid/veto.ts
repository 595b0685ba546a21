import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly gridVersion: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, member, account } = await openSigning(hre, args.deployment, args, true);
  const receipt = await sent(contracts.registry.veto(args.gridVersion));
  const vetoedBy = member?.name ?? account;
  report(
    args.json,
    { version: args.gridVersion, vetoedBy, gas: receipt.gasUsed },
    facts([
      ["version", args.gridVersion],
      ["vetoed by", vetoedBy],
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});

import { isAddress } from "ethers";
import { meteringFiles } from "../../workers/metering/provision/layout.js";
import { replaceConcentrator } from "../../workers/metering/provision/replaceConcentrator.js";
import { facts } from "../../workers/report/table.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { openUtility, type UtilityArguments } from "./openUtility.js";

interface Arguments extends UtilityArguments {
  readonly lost: string | undefined;
  readonly account: string | undefined;
  readonly folder: string | undefined;
  readonly fund: string;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  if ((args.lost === undefined) !== (args.account === undefined)) {
    throw new UserError("name both accounts, the lost one and the new one, or neither");
  }
  for (const account of [args.lost, args.account]) {
    const known: boolean = account === undefined || isAddress(account);
    if (!known) throw new UserError(`${account}: is no account's address`);
  }
  const { metering, signer } = await openUtility(hre, args);
  if (args.lost !== undefined && args.account !== undefined) {
    await sent(metering.replaceConcentrator(args.lost, args.account));
    show(args.json, args.lost, args.account, []);
    return;
  }
  const files = meteringFiles(meteringFolder(args.folder));
  const { lost, account } = await replaceConcentrator(metering, signer, files, args.fund);
  show(args.json, lost, account, [["start it with", `metering concentrator ${files.config.concentrator}`]]);
});

function show(
  json: string | undefined,
  lost: string,
  account: string,
  more: readonly (readonly [string, string])[],
): void {
  report(json, { lost, account }, facts([["concentrator lost", lost], ["in its place", account], ...more]));
}

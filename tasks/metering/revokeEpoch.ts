import { facts } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { userTask } from "../support/userTask.js";
import { openUtility, type UtilityArguments } from "./openUtility.js";

interface Arguments extends UtilityArguments {
  readonly epoch: number;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { metering } = await openUtility(hre, args);
  const epoch = args.epoch > 0 ? args.epoch : Number((await metering.epochs()).current);
  const { hash } = await sent(metering.revokeEpoch(epoch));
  report(
    args.json,
    { epoch, transaction: hash },
    facts([
      ["epoch revoked", epoch],
      ["from now on", "no report encrypted to its key is taken; the MDMS opens the next epoch by itself"],
    ]),
  );
});

import { connectContracts } from "../../workers/chain/connectContracts.js";
import { readDeployment } from "../../workers/chain/deploymentFile.js";
import { verifyMigration } from "../../workers/chain/verifyMigration.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly old: string;
  readonly deployer: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider, deployment } = await openSharing(hre, args.deployment);
  const old = readDeployment(userPath(args.old));
  if (old.chainId !== deployment.chainId) throw new UserError(`${args.old}: is for chain ${old.chainId}`);
  const checks = await verifyMigration(connectContracts(old.contracts, provider), contracts, args.deployer);
  const failed = checks.filter(({ holds }) => !holds);
  report(
    args.json,
    { nothingLost: failed.length === 0, checks },
    [
      table(
        [{ head: "what" }, { head: "holds" }, { head: "before" }, { head: "after" }],
        checks.map(({ what, holds, before, after }) => [what, holds, short(before), short(after)]),
      ),
      failed.length === 0 ? "Nothing was lost." : `${failed.length} things differ.`,
    ].join("\n"),
  );
  if (failed.length > 0) throw new UserError(`the migration does not hold: ${failed[0]!.what}`);
});

function short(text: string): string {
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
}

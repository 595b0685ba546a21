import { writeDeployment } from "../../workers/chain/deploymentFile.js";
import { facts } from "../../workers/report/table.js";
import { deploymentPath } from "../support/deploymentPath.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, deployment } = await openSigning(hre, args.deployment, args, false);
  await sent(contracts.consortium.switchLedger());
  const ledger = await contracts.consortium.ledger();
  const path = deploymentPath(hre, args.deployment);
  writeDeployment(path, { ...deployment, contracts: { ...deployment.contracts, ledger } });
  report(
    args.json,
    { from: deployment.contracts.ledger, to: ledger, file: path },
    facts([
      ["slot ledger before", deployment.contracts.ledger],
      ["slot ledger now", ledger],
      ["written to", path],
    ]),
  );
});

import { enodeUrl } from "../../workers/devnet/engines/cliqueGeth.js";
import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { addValidator } from "../../workers/devnet/membership.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly operator: number;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const whose = args.operator === 0 ? undefined : args.operator;
  const { validator, operator } = await addValidator(folder, network, engine, () => undefined, whose);
  report(
    args.json,
    {
      number: validator.number,
      validator: validator.address,
      node: enodeUrl(validator),
      operator: operator.name,
      account: operator.address,
    },
    `validator ${validator.number} (${validator.address}) is voted in and seals for ${operator.name} (${operator.address})${whose === undefined ? ", whose account holds nothing yet" : ""}`,
  );
});

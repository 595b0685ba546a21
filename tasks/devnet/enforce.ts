import { setTimeout as pause } from "node:timers/promises";
import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { finalDepartures } from "../../workers/devnet/finalDepartures.js";
import { removeValidator } from "../../workers/devnet/membership.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { openSharing } from "../support/openSharing.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { finalHeight } from "./finalHeight.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly worker: string | undefined;
  readonly wait: number;
  readonly deployment: string | undefined;
}

/** How often the chain is looked at while a departure is not final. */
const LOOK_MILLISECONDS = 500;

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const sharing = await openSharing(hre, args.deployment);
  const { contracts, deployment } = sharing;
  let network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const workers = args.worker?.split(",").map((url) => url.trim()) ?? [];
  const look = async () => {
    const known = await finalHeight(sharing, network, workers);
    return {
      known,
      out: await finalDepartures(network, contracts.consortium, deployment.fromBlock, known.number),
    };
  };

  const deadline = performance.now() + args.wait * 1_000;
  let { known, out } = await look();
  if (out.waiting.length > 0) {
    process.stdout.write(
      `waiting until it is final that ${out.waiting.map(({ name }) => name).join(", ")} departed\n`,
    );
  }
  while (out.waiting.length > 0 && performance.now() < deadline) {
    await pause(LOOK_MILLISECONDS);
    ({ known, out } = await look());
  }
  for (const { number, name } of out.final) {
    network = await removeValidator(folder, network, number, engine);
    process.stdout.write(`${name} is voted out and nobody's peer\n`);
  }
  if (out.waiting.length > 0) {
    const names = out.waiting.map(({ name }) => name).join(", ");
    const upTo = known.number === undefined ? "no block is known to be" : `blocks up to ${known.number} are`;
    throw new UserError(
      `${names} stays: that its member departed is not final yet (${upTo}, by ${known.by}); try again, or name workers with --worker`,
    );
  }
  if (out.final.length === 0) process.stdout.write("every validator is a present member's\n");
});

import { existsSync } from "node:fs";
import { findValidator } from "../../workers/devnet/findValidator.js";
import { lastLines } from "../../workers/devnet/lastLines.js";
import { layout } from "../../workers/devnet/layout.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly validator: number;
  readonly lines: number;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  findValidator(readNetwork(folder), args.validator);
  if (args.lines < 1) throw new UserError(`--lines ${args.lines}: expected at least 1`);
  const { log } = layout(folder).validator(args.validator);
  if (!existsSync(log))
    throw new UserError(`validator ${args.validator} was never started: there is no ${log}`);
  process.stdout.write(`${lastLines(log, args.lines).join("\n")}\n`);
});

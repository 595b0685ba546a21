import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { as, deployment, json, keystore, passwordFile } from "./options.js";

/** `credits …`. */
export const creditsTasks: TaskDefinition[] = [
  emptyTask("credits", "The members' credits").build(),
  task(["credits", "show"], "Show the members, the credits of each, and their sum")
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../credits/show.js"))
    .build(),
  task(["credits", "transfer"], "Transfer credits of yours to another member")
    .addPositionalArgument({ name: "to", description: "The member that receives them: name or address" })
    .addPositionalArgument({
      name: "amount",
      description: "Credits, a whole number",
      type: ArgumentType.BIGINT,
    })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../credits/transfer.js"))
    .build(),
];

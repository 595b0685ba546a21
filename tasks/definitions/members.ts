import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { as, deployment, json, keystore, passwordFile, text } from "./options.js";

/** `members …` and `contracts …`. */
export const membersTasks: TaskDefinition[] = [
  emptyTask("members", "Who is a member, and its node").build(),
  task(["members", "list"], "List the members with their nodes, and which nodes are to go")
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../members/list.js"))
    .build(),
  task(["members", "sponsor"], "Agree to pay what a new member starts with; 0 takes it back")
    .addPositionalArgument({ name: "account", description: "The new member's account" })
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
    .setAction(() => import("../members/sponsor.js"))
    .build(),
  task(["members", "leave"], "Announce that you leave; again, once you may: leave with your credits")
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../members/leave.js"))
    .build(),
  task(["members", "node"], "Record who seals blocks for you, and where your node is")
    .addPositionalArgument({
      name: "validator",
      description:
        "The address that seals blocks; or the number of a validator of the devnet, whose node is known",
    })
    .addPositionalArgument({ name: "url", description: "The node's enode URL", defaultValue: "" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../members/node.js"))
    .build(),
  task(["members", "fund"], "Send another account what it needs to pay for gas")
    .addPositionalArgument({ name: "account", description: "The account, such as a new member's" })
    .addPositionalArgument({ name: "ether", description: "How much, in ether", defaultValue: "1" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../members/fund.js"))
    .build(),
  emptyTask("contracts", "Contracts that take over from others").build(),
  task(
    ["contracts", "switch"],
    "Let the slot ledger that was voted for take over, once the present one is done",
  )
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../contracts/switch.js"))
    .build(),
  task(
    ["contracts", "verify"],
    "Hold the contracts against those that they took over from: was anything lost?",
  )
    .addPositionalArgument({ name: "old", description: "Deployment file of the old contracts" })
    .addOption(text("deployer", "Who deployed the new ones: must have no role left"))
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../contracts/verify.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { as, deployment, integer, json, keystore, passwordFile, text } from "./options.js";

const id = { name: "id", description: "Number of the proposal", type: ArgumentType.INT } as const;

/** `govern …`. */
export const governTasks: TaskDefinition[] = [
  emptyTask("govern", "What the members vote for").build(),
  task(["govern", "propose"], "Propose parameters, members, contracts or any calls")
    .addOption(
      text(
        "set",
        "Parameters, name=value,…: reward, missingPenalty, anomalyPenalty, falseAlarmRate, cutOffSlots, slotSeconds, commitSlots, expirySlots, penaliseIncomplete, vetoSeconds, confirmationDepth, supermajority (3/4), delay, votingSeconds, executionSeconds",
      ),
    )
    .addOption(
      text(
        "fromSlot",
        "The first slot under changed rules of the slot ledger (default: the first after voting, delay and a day, or what there is, to execute)",
      ),
    )
    .addOption(text("admit", "A new member: NAME;ACCOUNT;SPONSOR;CREDITS"))
    .addOption(text("expel", "A member to expel: name or address"))
    .addOption(
      integer(
        "fault",
        "A fault proved at the finality overlay, by its number: expels the member whose it is, on that ground",
        -1,
      ),
    )
    .addOption(text("replace", "A new account for a member whose key is lost or stolen: MEMBER;ACCOUNT"))
    .addOption(text("replaceLedger", "Another slot ledger: its address"))
    .addOption(text("retireLedger", "The slot from which on the ledger takes none"))
    .addOption(text("retire", "The consortium that takes over from this one: its address"))
    .addOption(text("calls", "JSON file of any calls, [{target, data}]"))
    .addOption({
      name: "reason",
      description: "Why, for the voters",
      type: ArgumentType.STRING,
      defaultValue: "",
    })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../govern/propose.js"))
    .build(),
  task(["govern", "vote"], "Vote for a proposal, or change your vote")
    .addPositionalArgument(id)
    .addFlag({ name: "against", description: "Vote against it" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../govern/vote.js"))
    .build(),
  task(["govern", "execute"], "Have the calls of a carried proposal made, after its delay")
    .addPositionalArgument(id)
    .addFlag({ name: "wait", description: "Of a proposal that is carried: wait until its delay is over" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../govern/execute.js"))
    .build(),
  task(["govern", "list"], "List the rules of voting and all proposals")
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../govern/list.js"))
    .build(),
  task(["govern", "show"], "Show a proposal: its calls in words, votes and times")
    .addPositionalArgument(id)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../govern/show.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, json } from "./options.js";

const tier = {
  name: "tier",
  description: "Which of several networks: wan, lan, han have ports of their own",
  type: ArgumentType.STRING,
  defaultValue: "wan",
} as const;

const dir = {
  name: "dir",
  description: "Folder of the network (default: GRIDPROOF_DEVNET, or .devnet/<tier>)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

const validator = {
  name: "validator",
  description: "Number of the validator, from 1",
  type: ArgumentType.INT,
} as const;

/** `devnet …`. */
export const devnetTasks: TaskDefinition[] = [
  emptyTask("devnet", "A proof-of-authority network of several validators on this machine").build(),
  task(["devnet", "up"], "Start the network, and make it first where there is none; wait until it seals")
    .addOption(tier)
    .addOption(dir)
    .addOption({
      name: "engine",
      description: "Of a new network: clique (geth 1.13), or qbft (Besu, if it is installed)",
      type: ArgumentType.STRING,
      defaultValue: "clique",
    })
    .addOption({
      name: "validators",
      description: "Of a new network: how many validators, one for each operator",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addOption({
      name: "period",
      description: "Of a new network: seconds from block to block",
      type: ArgumentType.INT,
      defaultValue: 1,
    })
    .addOption({
      name: "gasLimit",
      description: "Of a new network: gas of a block",
      type: ArgumentType.INT,
      defaultValue: 60_000_000,
    })
    .addOption({
      name: "port",
      description: "Of a new network: the first of three ports for each validator (default: by tier)",
      type: ArgumentType.INT,
      defaultValue: 0,
    })
    .addOption({
      name: "chainId",
      description: "Of a new network: number of the chain (default: by tier)",
      type: ArgumentType.INT,
      defaultValue: 0,
    })
    .addOption(json)
    .setAction(() => import("../devnet/up.js"))
    .build(),
  task(["devnet", "status"], "Show height, head, peers, sealing and lag of every validator, and alerts")
    .addOption(tier)
    .addOption(dir)
    .addOption(json)
    .setAction(() => import("../devnet/status.js"))
    .build(),
  task(["devnet", "check"], "Wait until the network is well: one chain, the right validators, all seal")
    .addOption({
      name: "seconds",
      description: "How long to wait for it; then it is an error",
      type: ArgumentType.INT,
      defaultValue: 30,
    })
    .addOption(tier)
    .addOption(dir)
    .addOption(json)
    .setAction(() => import("../devnet/check.js"))
    .build(),
  task(["devnet", "watch"], "Show the status again and again, until interrupted")
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/watch.js"))
    .build(),
  task(["devnet", "heal"], "Look for a deadlock of the sealers, and recover the network from it")
    .addOption(tier)
    .addOption(dir)
    .addOption(json)
    .setAction(() => import("../devnet/heal.js"))
    .build(),
  task(["devnet", "down"], "Stop the network, whatever started it; the chain is kept")
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/down.js"))
    .build(),
  task(["devnet", "reset"], "Stop the network and delete it: keys, chain and logs")
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/reset.js"))
    .build(),
  task(["devnet", "stop"], "Stop one validator")
    .addPositionalArgument(validator)
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/stop.js"))
    .build(),
  task(["devnet", "start"], "Start one validator again; wait until it follows the chain")
    .addPositionalArgument(validator)
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/start.js"))
    .build(),
  task(["devnet", "add"], "Add a validator and its operator: make keys, start it, vote it in")
    .addOption({
      name: "operator",
      description: "Number of an operator that is there already, which gets one more validator",
      type: ArgumentType.INT,
      defaultValue: 0,
    })
    .addOption(tier)
    .addOption(dir)
    .addOption(json)
    .setAction(() => import("../devnet/add.js"))
    .build(),
  task(["devnet", "remove"], "Vote a validator out, stop it, and drop it as a peer")
    .addPositionalArgument(validator)
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/remove.js"))
    .build(),
  task(
    ["devnet", "enforce"],
    "Vote out and drop the validators of members that left, were expelled, or recorded another, once that is final",
  )
    .addOption(tier)
    .addOption(dir)
    .addOption({
      name: "worker",
      description: "Where workers serve HTTP, by commas: they say what is final, where seats sign blocks",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption({
      name: "wait",
      description: "Seconds to wait until departures are final",
      type: ArgumentType.INT,
      defaultValue: 60,
    })
    .addOption(deployment)
    .setAction(() => import("../devnet/enforce.js"))
    .build(),
  task(["devnet", "logs"], "Print the end of a validator's log")
    .addPositionalArgument(validator)
    .addOption({
      name: "lines",
      description: "How many lines",
      type: ArgumentType.INT,
      defaultValue: 40,
    })
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/logs.js"))
    .build(),
  task(["devnet", "export"], "Write a folder for each operator, to carry to its machine")
    .addPositionalArgument({ name: "target", description: "A new folder" })
    .addOption({
      name: "hosts",
      description: "Addresses of the machines, in the order of the validators, separated by commas",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/export.js"))
    .build(),
];

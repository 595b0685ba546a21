import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, integer, json, text } from "./options.js";

const tier = {
  name: "tier",
  description: "Which of several networks: wan, lan, han have ports of their own",
  type: ArgumentType.STRING,
  defaultValue: "wan",
} as const;

const dir = text("dir", "Folder of the network (default: GRIDPROOF_DEVNET, or .devnet/<tier>)");

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
    .addOption(integer("validators", "Of a new network: how many validators, one for each operator", 4))
    .addOption(integer("period", "Of a new network: seconds from block to block", 1))
    .addOption(integer("gasLimit", "Of a new network: gas of a block", 60_000_000))
    .addOption(
      integer("port", "Of a new network: the first of three ports for each validator (default: by tier)", 0),
    )
    .addOption(integer("chainId", "Of a new network: number of the chain (default: by tier)", 0))
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
    .addOption(integer("seconds", "How long to wait for it; then it is an error", 90))
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
    .addOption(
      integer("operator", "Number of an operator that is there already, which gets one more validator", 0),
    )
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
    .addOption(
      text("worker", "Where workers serve HTTP, by commas: they say what is final, where seats sign blocks"),
    )
    .addOption(integer("wait", "Seconds to wait until departures are final", 60))
    .addOption(deployment)
    .setAction(() => import("../devnet/enforce.js"))
    .build(),
  task(["devnet", "logs"], "Print the end of a validator's log")
    .addPositionalArgument(validator)
    .addOption(integer("lines", "How many lines", 40))
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/logs.js"))
    .build(),
  task(["devnet", "export"], "Write a folder for each operator, to carry to its machine")
    .addPositionalArgument({ name: "target", description: "A new folder" })
    .addOption(
      text("hosts", "Addresses of the machines, in the order of the validators, separated by commas"),
    )
    .addOption(tier)
    .addOption(dir)
    .setAction(() => import("../devnet/export.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { as, deployment, integer, json, keystore, passwordFile, text } from "./options.js";

/** `finality …`. */
export const finalityTasks: TaskDefinition[] = [
  emptyTask("finality", "Blocks that the validators' workers signed").build(),
  task(["finality", "show"], "Show which block is final and who signed it, keys, epoch and proved faults")
    .addOption(
      text("worker", "Where a worker serves HTTP: also what it knows to be final, and by whose signatures"),
    )
    .addOption(text("evidence", "Write what that worker can prove against others to this file"))
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../finality/show.js"))
    .build(),
  task(["finality", "key"], "Register the key that signs blocks for you")
    .addOption(text("signerKeystore", "Encrypted keystore of that key (default: the key of your account)"))
    .addOption(text("signerPasswordFile", "File of mode 0600 with its password"))
    .addOption(
      integer(
        "fromHeight",
        "The first block that it signs (default: 20 blocks from now, 40 after its last key)",
        -1,
      ),
    )
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../finality/key.js"))
    .build(),
  task(["finality", "prove"], "Prove on the chain that a seat signed blocks that exclude each other")
    .addPositionalArgument({ name: "file", description: "Evidence, as `finality show --evidence` writes it" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../finality/prove.js"))
    .build(),
  task(
    ["finality", "record"],
    "Record a worker's latest final block on the chain, for contracts that must know",
  )
    .addPositionalArgument({ name: "worker", description: "Where the worker serves HTTP" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../finality/record.js"))
    .build(),
  task(["finality", "epoch"], "Propose another epoch, where a partition split the signatures")
    .addPositionalArgument({
      name: "height",
      description: "The block that all go on from: on this node's chain, not below what is final",
      type: ArgumentType.INT,
    })
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
    .setAction(() => import("../finality/epoch.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { as, deployment, json, keystore, passwordFile, text } from "./options.js";

const slot = { name: "slot", description: "Number of the slot", type: ArgumentType.INT } as const;

/** `slot …`. */
export const slotTasks: TaskDefinition[] = [
  emptyTask(
    "slot",
    "The measurements of a slot: upload, settle, show and export them, name suspects",
  ).build(),
  task(
    ["slot", "upload"],
    "Upload the values of your meters for a slot; values that your batch was missing go into its one supplement",
  )
    .addPositionalArgument(slot)
    .addPositionalArgument({
      name: "file",
      description:
        "CSV file with the header meter,value or meter,value,unit (kW, MW, W; rad, mrad, deg); an empty value is missing",
    })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/upload.js"))
    .build(),
  task(
    ["slot", "settle"],
    "Estimate a slot and settle it with the certificate; close it if values are missing",
  )
    .addPositionalArgument({
      name: "slot",
      description: "Number of the slot, or 'next' for the one that is due",
      defaultValue: "next",
    })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/settle.js"))
    .build(),
  task(
    ["slot", "catch-up"],
    "Settle all slots that are due, in order: those without alarm together, in as few transactions as possible",
  )
    .addOption(text("until", "The last slot to settle (default: the last whose cut-off has passed)"))
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/catchUp.js"))
    .build(),
  task(
    ["slot", "check"],
    "Tell which slots can be settled together, or which of those that a transaction brought is wrong",
  )
    .addPositionalArgument({ ...slot, name: "first", description: "Number of the first slot" })
    .addPositionalArgument({ ...slot, name: "last", description: "Number of the last slot" })
    .addOption(
      text(
        "transaction",
        "Hash of a transaction that settled slots together, or was refused: check what it brought",
      ),
    )
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/check.js"))
    .build(),
  task(["slot", "show"], "Show a slot: who uploaded, what is missing, J and its threshold, credits moved")
    .addPositionalArgument(slot)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/show.js"))
    .build(),
  task(["slot", "list"], "List how slots ended: who uploaded, how they were closed, J and its threshold")
    .addPositionalArgument({ ...slot, name: "first", description: "Number of the first slot" })
    .addPositionalArgument({ ...slot, name: "last", description: "Number of the last slot" })
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/list.js"))
    .build(),
  task(
    ["slot", "suspect"],
    "Name the meter to suspect for a slot with an alarm, or conclude the claim that stood; show what stands",
  )
    .addPositionalArgument(slot)
    .addOption(
      text("meter", "Name of the meter to accuse (default: that of the largest normalised residual)"),
    )
    .addFlag({ name: "show", description: "Only show what stands; send nothing" })
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../slot/suspect.js"))
    .build(),
  task(
    ["slot", "export"],
    "Export a slot: measured, estimated, residual and gaps filled per meter, angle per bus, flow per line",
  )
    .addPositionalArgument(slot)
    .addOption({ name: "format", description: "csv or json", defaultValue: "csv" })
    .addOption({
      name: "out",
      description: "File to write; '-' is standard output",
      defaultValue: "-",
    })
    .addOption(deployment)
    .setAction(() => import("../slot/export.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { json } from "./options.js";

/** `bench …`. */
export const benchTasks: TaskDefinition[] = [
  emptyTask("bench", "Measure gas and time").build(),
  task(["bench", "gas"], "Measure what the life of a slot costs, in gas, on the embedded network")
    .addVariadicArgument({
      name: "cases",
      description: "ieee14, ieee118, or files of cases (.m or .json)",
      type: ArgumentType.STRING,
      defaultValue: ["ieee14", "ieee118"],
    })
    .addOption({
      name: "operators",
      description: "How many operators share the grid",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addOption({
      name: "markdown",
      description: "Also write the table as Markdown to this file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../bench/gas.js"))
    .build(),
  task(
    ["bench", "catch-up"],
    "Measure what a slot costs that is settled together with others, in gas, on the embedded network",
  )
    .addVariadicArgument({
      name: "cases",
      description: "ieee14, ieee118, or files of cases (.m or .json)",
      type: ArgumentType.STRING,
      defaultValue: ["ieee14", "ieee118"],
    })
    .addOption({
      name: "operators",
      description: "How many operators share the grid",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addOption({
      name: "slots",
      description: "How many slots there are to settle: numbers up to 128, parted by commas",
      defaultValue: "1,2,4,8,16,32,96",
    })
    .addOption(json)
    .setAction(() => import("../bench/catchUp.js"))
    .build(),
  task(["bench", "estimation"], "Time the steps of state estimation, with meters at both ends of every line")
    .addVariadicArgument({
      name: "cases",
      description: "ieee14, ieee118, or files of cases (.m or .json)",
      type: ArgumentType.STRING,
      defaultValue: ["ieee118"],
    })
    .addOption({
      name: "seconds",
      description: "How long each step is repeated",
      type: ArgumentType.FLOAT,
      defaultValue: 2,
    })
    .addOption(json)
    .setAction(() => import("../bench/estimation.js"))
    .build(),
  task(
    ["bench", "projection"],
    "Run the paper's printed method on the embedded network, and measure it beside the certificate",
  )
    .addVariadicArgument({
      name: "cases",
      description: "ieee14, ieee118, or files of cases (.m or .json)",
      type: ArgumentType.STRING,
      defaultValue: ["ieee14", "ieee118"],
    })
    .addOption({
      name: "operators",
      description: "How many operators share the grid",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addOption({
      name: "markdown",
      description: "Also write the tables as Markdown to this file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption({
      name: "plot",
      description: "Also draw gas against meters to this SVG file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../bench/projection.js"))
    .build(),
  task(
    ["bench", "devnet"],
    "Measure a fresh network of validators: slots, plain transactions through the gates and past them, latency",
  )
    .addOption({
      name: "case",
      description: "File of a case (.m or .json) whose meters are used (default: a drawn grid)",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption({
      name: "meters",
      description: "How many meters the operators have in all",
      type: ArgumentType.INT,
      defaultValue: 2_000,
    })
    .addOption({
      name: "operators",
      description: "How many operators share the grid, each with a validator",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addOption({
      name: "slots",
      description: "How many slots are uploaded and settled",
      type: ArgumentType.INT,
      defaultValue: 10,
    })
    .addOption({
      name: "seconds",
      description: "How long a round of load takes",
      type: ArgumentType.INT,
      defaultValue: 60,
    })
    .addOption({
      name: "rounds",
      description: "How many rounds of load, through the gates and past them each",
      type: ArgumentType.INT,
      defaultValue: 2,
    })
    .addOption({
      name: "gasLimit",
      description: "Gas of a block",
      type: ArgumentType.INT,
      defaultValue: 60_000_000,
    })
    .addOption({
      name: "markdown",
      description: "Also write the tables as Markdown to this file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../bench/devnet.js"))
    .build(),
  task(
    ["bench", "metering"],
    "Measure household metering on a fresh network: reports from MQTT to decrypted row; --soak: under kills",
  )
    .addOption({
      name: "meters",
      description: "How many meters report",
      type: ArgumentType.INT,
      defaultValue: 500,
    })
    .addOption({
      name: "rate",
      description: "Reports a second of all together; 0: 500, of a soak 50",
      type: ArgumentType.INT,
      defaultValue: 0,
    })
    .addOption({
      name: "seconds",
      description: "How long they report; 0: 60, of a soak 600",
      type: ArgumentType.INT,
      defaultValue: 0,
    })
    .addOption({
      name: "batchReports",
      description: "Reports in a transaction at most",
      type: ArgumentType.INT,
      defaultValue: 100,
    })
    .addFlag({
      name: "soak",
      description: "Kill concentrator, MDMS and a validator at random meanwhile, and start them again",
    })
    .addOption({
      name: "seed",
      description: "Of the schedule of kills",
      type: ArgumentType.INT,
      defaultValue: 1,
    })
    .addOption({
      name: "markdown",
      description: "Also write the tables as Markdown to this file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../bench/metering.js"))
    .build(),
];

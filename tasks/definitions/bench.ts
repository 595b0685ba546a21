import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { integer, json, markdown, text } from "./options.js";

const cases = {
  name: "cases" as const,
  description: "ieee14, ieee118, or files of cases (.m or .json)",
  type: ArgumentType.STRING as const,
  defaultValue: ["ieee14", "ieee118"],
};
const operators = integer("operators", "How many operators share the grid", 4);

/** `bench …`. */
export const benchTasks: TaskDefinition[] = [
  emptyTask("bench", "Measure gas and time").build(),
  task(["bench", "gas"], "Measure what the life of a slot costs, in gas, on the embedded network")
    .addVariadicArgument(cases)
    .addOption(operators)
    .addOption(text("markdown", "Also write the table as Markdown to this file"))
    .addOption(json)
    .setAction(() => import("../bench/gas.js"))
    .build(),
  task(
    ["bench", "catch-up"],
    "Measure what a slot costs that is settled together with others, in gas, on the embedded network",
  )
    .addVariadicArgument(cases)
    .addOption(operators)
    .addOption({
      name: "slots",
      description: "How many slots there are to settle: numbers up to 128, parted by commas",
      defaultValue: "1,2,4,8,16,32,96",
    })
    .addOption(json)
    .setAction(() => import("../bench/catchUp.js"))
    .build(),
  task(["bench", "estimation"], "Time the steps of state estimation, with meters at both ends of every line")
    .addVariadicArgument({ ...cases, defaultValue: ["ieee118"] })
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
    .addVariadicArgument(cases)
    .addOption(operators)
    .addOption(markdown)
    .addOption(text("plot", "Also draw gas against meters to this SVG file"))
    .addOption(json)
    .setAction(() => import("../bench/projection.js"))
    .build(),
  task(
    ["bench", "devnet"],
    "Measure a fresh network of validators: slots, plain transactions through the gates and past them, latency",
  )
    .addOption(text("case", "File of a case (.m or .json) whose meters are used (default: a drawn grid)"))
    .addOption(integer("meters", "How many meters the operators have in all", 2_000))
    .addOption(integer("operators", "How many operators share the grid, each with a validator", 4))
    .addOption(integer("slots", "How many slots are uploaded and settled", 10))
    .addOption(integer("seconds", "How long a round of load takes", 60))
    .addOption(integer("rounds", "How many rounds of load, through the gates and past them each", 2))
    .addOption(integer("gasLimit", "Gas of a block", 60_000_000))
    .addOption(markdown)
    .addOption(json)
    .setAction(() => import("../bench/devnet.js"))
    .build(),
  task(
    ["bench", "metering"],
    "Measure household metering on a fresh network: reports from MQTT to decrypted row; --soak: under kills",
  )
    .addOption(integer("meters", "How many meters report", 500))
    .addOption(integer("rate", "Reports a second of all together; 0: 500, of a soak 50", 0))
    .addOption(integer("seconds", "How long they report; 0: 60, of a soak 600", 0))
    .addOption(integer("batchReports", "Reports in a transaction at most", 100))
    .addFlag({
      name: "soak",
      description: "Kill concentrator, MDMS and a validator at random meanwhile, and start them again",
    })
    .addOption(integer("seed", "Of the schedule of kills", 1))
    .addOption(markdown)
    .addOption(json)
    .setAction(() => import("../bench/metering.js"))
    .build(),
];

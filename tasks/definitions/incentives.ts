import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { falseAlarm } from "../../workers/demo/demoTerms.js";
import { bothEnds, caseOption, integer, json, plan, text } from "./options.js";

const operators = integer("operators", "In the default plan, how many operators share the grid, from 2", 4);
const reward = text("reward", "R, credits that a reported value earns (default: as in the demo)");
const missingPenalty = text(
  "missingPenalty",
  "Q, credits that a missing value costs (default: as in the demo)",
);
const anomalyPenalty = text(
  "anomalyPenalty",
  "A, the most credits that an anomaly costs (default: as in the demo, at most (R+Q)/(n-1))",
);
const epsilon = {
  name: "epsilon",
  description: "Probability that a meter is offline in a slot",
  type: ArgumentType.FLOAT,
  defaultValue: 0.001,
} as const;
const alarmRate = {
  name: "falseAlarm",
  description: "Probability of an alarm in a complete slot of honest values",
  type: ArgumentType.FLOAT,
  defaultValue: falseAlarm,
} as const;
const seed = integer("seed", "Of what is played", 1);
const slots = integer("slots", "Slots that are played beside the formulas; 0 for none", 2_000);
const sensitiveBuses = text(
  "sensitiveBuses",
  "Numbers of the buses whose angles matter, with commas between (default: the ten with the largest load or generation)",
);
const reportFile = text("report", "Also write tables and plots as one HTML page to this file");
const seconds = <Name extends string>(name: Name, description: string, defaultValue: number) =>
  ({ name, description, type: ArgumentType.FLOAT, defaultValue }) as const;
const blockSeconds = seconds("blockSeconds", "Time between blocks", 5);
const roundSeconds = seconds("roundSeconds", "BFT: how long a leader is waited for at first", 10);
const slotSeconds = seconds("slotSeconds", "Length of a slot", 60);
const uploadSeconds = seconds("uploadSeconds", "From the end of a slot until its values are sent", 10);
const cutOffSlots = integer("cutOffSlots", "T, slots from the end of a slot to its cut-off", 2);
const offline = integer("offline", "Honest validators that may be offline at the same time", 0);

/** `incentives …`. */
export const incentivesTasks: TaskDefinition[] = [
  emptyTask("incentives", "What operators gain by sharing, and what they could gain by cheating").build(),
  task(
    ["incentives", "analyse"],
    "Analyse the incentives of a grid's operators: gains, thresholds, coalitions, withholding, security",
  )
    .addOption(caseOption)
    .addOption(plan)
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(reward)
    .addOption(missingPenalty)
    .addOption(anomalyPenalty)
    .addOption(epsilon)
    .addOption(alarmRate)
    .addOption(sensitiveBuses)
    .addOption(slots)
    .addOption(seed)
    .addOption(blockSeconds)
    .addOption(roundSeconds)
    .addOption(slotSeconds)
    .addOption(cutOffSlots)
    .addOption(uploadSeconds)
    .addOption(offline)
    .addOption(reportFile)
    .addOption(json)
    .setAction(() => import("../incentives/analyse.js"))
    .build(),
  task(
    ["incentives", "gain"],
    "Compute each operator's expected gain, the ε below which registering a meter pays, and what departing brings",
  )
    .addOption(caseOption)
    .addOption(plan)
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(reward)
    .addOption(missingPenalty)
    .addOption(anomalyPenalty)
    .addOption(epsilon)
    .addOption(alarmRate)
    .addOption(slots)
    .addOption(seed)
    .addOption(reportFile)
    .addOption(json)
    .setAction(() => import("../incentives/gain.js"))
    .build(),
  task(
    ["incentives", "evolve"],
    "Show how credits evolve and when an operator runs out of them, in the paper's example of four TSOs",
  )
    .addOption(
      integer("slots", "Most slots that are played, until an operator has no credits left", 2_000_000),
    )
    .addOption(seed)
    .addOption(reportFile)
    .addOption(json)
    .setAction(() => import("../incentives/evolve.js"))
    .build(),
  task(
    ["incentives", "withholding"],
    "Say how many blocks a coalition of validators can withhold, and the cut-off T that defeats it",
  )
    .addOption(integer("validators", "How many validators there are, one for each operator", 4))
    .addOption(blockSeconds)
    .addOption(roundSeconds)
    .addOption(slotSeconds)
    .addOption(cutOffSlots)
    .addOption(uploadSeconds)
    .addOption(offline)
    .addOption(reportFile)
    .addOption(json)
    .setAction(() => import("../incentives/withholding.js"))
    .build(),
  task(
    ["incentives", "join"],
    "Decide whether an operator should join, by scenarios of attack against its expected cost in credits",
  )
    .addOption(text("scenarios", "File of scenarios (docs/incentives.md); an invented example if left out"))
    .addOption(caseOption)
    .addOption(plan)
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(reward)
    .addOption(missingPenalty)
    .addOption(anomalyPenalty)
    .addOption(epsilon)
    .addOption(alarmRate)
    .addOption(reportFile)
    .addOption(json)
    .setAction(() => import("../incentives/join.js"))
    .build(),
];

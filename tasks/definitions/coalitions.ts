import { task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";
import { bothEnds, caseOption, integer, json, plan, text } from "./options.js";

const operators = integer("operators", "In the default plan, how many operators share the grid", 4);

/** `incentives coalitions`, `incentives security`. */
export const coalitionTasks: TaskDefinition[] = [
  task(
    ["incentives", "coalitions"],
    "Say what each coalition can gain by distorting values, how, what it can hide, and which meters would show it",
  )
    .addOption(caseOption)
    .addOption(plan)
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(
      text("members", "One coalition: names of operators with commas between (default: all coalitions)"),
    )
    .addOption(
      text(
        "attacked",
        "Names of the meters that the coalition can distort, its own or not (default: its own)",
      ),
    )
    .addOption(text("anomalyPenalty", "A, credits (default: that of the demo)"))
    .addOption(text("out", "Write the attack of the coalition, by meter, as CSV to this file"))
    .addOption(text("report", "Also write a page with a plot to this file"))
    .addOption(json)
    .setAction(() => import("../incentives/coalitions.js"))
    .build(),
  task(
    ["incentives", "security"],
    "Say whether the meters of the other operators still determine the buses that matter, if some are compromised",
  )
    .addOption(caseOption)
    .addOption(plan)
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(text("compromised", "Names of operators, with commas between"))
    .addOption(text("sensitive", "Numbers of buses, with commas between (default: all buses)"))
    .addOption(json)
    .setAction(() => import("../incentives/security.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { bothEnds, json, plan } from "./options.js";

const caseFile = {
  name: "file",
  description:
    "The case: a MATPOWER .m file, a .json grid file, or the name of one that ships: ieee14, ieee118",
} as const;

/** `grid …`. */
export const gridTasks: TaskDefinition[] = [
  emptyTask(
    "grid",
    "The grid model: inspect a case, and propose, prove, approve and activate versions",
  ).build(),
  task(
    ["grid", "inspect"],
    "Say what a case and its meters amount to: sizes, observability, critical meters, times",
  )
    .addPositionalArgument(caseFile)
    .addOption(plan)
    .addOption({
      name: "operators",
      description: "In the default plan, how many operators share the grid",
      type: ArgumentType.INT,
      defaultValue: 1,
    })
    .addFlag(bothEnds)
    .addOption(json)
    .setAction(() => import("../grid/inspect.js"))
    .build(),
];

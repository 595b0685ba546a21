import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import {
  as,
  bothEnds,
  caseFile,
  deployment,
  gridVersion,
  integer,
  json,
  keystore,
  operators,
  passwordFile,
  plan,
  planOut,
  text,
} from "./options.js";

const version = {
  name: "gridVersion",
  description: "Number of the grid version",
  type: ArgumentType.INT,
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
    .addOption(operators)
    .addFlag(bothEnds)
    .addOption(json)
    .setAction(() => import("../grid/inspect.js"))
    .build(),
  task(
    ["grid", "propose"],
    "Propose a case as the next version of the grid, and upload its records and labels",
  )
    .addPositionalArgument(caseFile)
    .addOption(plan)
    .addFlag(bothEnds)
    .addOption(
      integer(
        "resume",
        "Number of a version that was proposed from the same files, and whose upload was cut short",
        0,
      ),
    )
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/propose.js"))
    .build(),
  task(
    ["grid", "prove"],
    "Let the contract check that a version is sound, in as many transactions as it takes",
  )
    .addPositionalArgument(version)
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/prove.js"))
    .build(),
  task(
    ["grid", "approve"],
    "Approve a version, after reading it back from the chain: one whose records and labels disagree is not approved",
  )
    .addPositionalArgument(version)
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/approve.js"))
    .build(),
  task(["grid", "veto"], "Veto a version, as any member may until its veto window is over")
    .addPositionalArgument(version)
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/veto.js"))
    .build(),
  task(
    ["grid", "activate"],
    "Bring a proved and approved version into force, for the slots that start from now on",
  )
    .addPositionalArgument(version)
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/activate.js"))
    .build(),
  task(
    ["grid", "show"],
    "Show a version: status, sizes, approvals, and whether its records say what its labels do",
  )
    .addPositionalArgument(gridVersion)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/show.js"))
    .build(),
  task(
    ["grid", "without"],
    "Say what is lost when an operator's meters leave the grid, and write the plan without them",
  )
    .addPositionalArgument({ name: "operator", description: "Name of the operator that leaves" })
    .addOption(text("file", "A case, as for grid inspect (default: the version in force)"))
    .addOption(plan)
    .addOption({ ...operators, defaultValue: 4 })
    .addFlag(bothEnds)
    .addFlag({
      name: "mend",
      description: "Put the fewest meters that make the grid observable again into the plan that is written",
    })
    .addOption(planOut)
    .addOption(text("caseOut", "Write the case to this file, for grid propose (.json)"))
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../grid/without.js"))
    .build(),
];

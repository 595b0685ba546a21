import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { bothEnds, deployment, json, operators, plan, planOut } from "./options.js";

/** `meters …`. */
export const metersTasks: TaskDefinition[] = [
  emptyTask("meters", "The grid meters").build(),
  task(["meters", "list"], "List the meters of a version: id, kind, place, owner, sigma, range")
    .addPositionalArgument({
      name: "gridVersion",
      description: "Number of the grid version, or 'active' for the one in force",
      defaultValue: "active",
    })
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/list.js"))
    .build(),
  task(
    ["meters", "place"],
    "Propose the fewest meters that mend a plan, and say which operator should own them",
  )
    .addPositionalArgument({
      name: "file",
      description:
        "The case: a MATPOWER .m file, a .json grid file, or the name of one that ships: ieee14, ieee118",
    })
    .addOption(plan)
    .addOption({ ...operators, defaultValue: 4 })
    .addFlag(bothEnds)
    .addOption({
      name: "goal",
      description:
        "observable: every angle is determined; redundant: no meter is critical; guarded: the coalition can hide nothing (default: the first of these that the plan lacks)",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption({
      name: "coalition",
      description: "For guarded: names of the operators that may collude, separated by commas",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(planOut)
    .addOption(json)
    .setAction(() => import("../meters/place.js"))
    .build(),
];

import { emptyTask, task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, json } from "./options.js";

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
];

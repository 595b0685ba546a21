import type { TaskDefinition } from "hardhat/types/tasks";
import { deployTasks } from "./definitions/deploy.js";
import { gridTasks } from "./definitions/grid.js";

/** Every task of the command line, in the order in which `./gridproof` lists them. */
export const tasks: TaskDefinition[] = [...deployTasks, ...gridTasks];

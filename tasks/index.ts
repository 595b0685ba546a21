import type { TaskDefinition } from "hardhat/types/tasks";
import { demoTask } from "./definitions/demo.js";
import { gridTasks } from "./definitions/grid.js";

/** Every task of the command line, in the order in which `./gridproof` lists them. */
export const tasks: TaskDefinition[] = [demoTask, ...gridTasks];

import type { TaskDefinition } from "hardhat/types/tasks";

/** Every task of the command line, in the order in which `./gridproof` lists them. */
export const tasks: TaskDefinition[] = [];

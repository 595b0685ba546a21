import type { TaskDefinition } from "hardhat/types/tasks";
import { benchTasks } from "./definitions/bench.js";
import { coalitionTasks } from "./definitions/coalitions.js";
import { creditsTasks } from "./definitions/credits.js";
import { demoTask } from "./definitions/demo.js";
import { deployTasks } from "./definitions/deploy.js";
import { devnetTasks } from "./definitions/devnet.js";
import { finalityTasks } from "./definitions/finality.js";
import { governTasks } from "./definitions/govern.js";
import { gridTasks } from "./definitions/grid.js";
import { incentivesTasks } from "./definitions/incentives.js";
import { membersTasks } from "./definitions/members.js";
import { meteringTasks } from "./definitions/metering.js";
import { meteringDataTasks } from "./definitions/meteringData.js";
import { meteringProgramTasks } from "./definitions/meteringPrograms.js";
import { metersTasks } from "./definitions/meters.js";
import { slotTasks } from "./definitions/slot.js";
import { workerTasks } from "./definitions/worker.js";

/** Every task of the command line, in the order in which `./gridproof` lists them. */
export const tasks: TaskDefinition[] = [
  demoTask,
  ...deployTasks,
  ...gridTasks,
  ...metersTasks,
  ...slotTasks,
  ...creditsTasks,
  ...membersTasks,
  ...governTasks,
  ...finalityTasks,
  ...incentivesTasks,
  ...coalitionTasks,
  ...meteringTasks,
  ...meteringDataTasks,
  ...meteringProgramTasks,
  ...workerTasks,
  ...devnetTasks,
  ...benchTasks,
];

import { emptyTask, task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";
import { json } from "./options.js";

const config = {
  name: "workerConfig",
  description: "The worker's configuration, a JSON file; see workers/operator/config.ts",
} as const;

/** `worker …`. */
export const workerTasks: TaskDefinition[] = [
  emptyTask("worker", "An operator's worker: reads measurements, uploads, estimates and settles").build(),
  task(
    ["worker", "run"],
    "Run an operator's worker until it is told to stop (SIGINT, SIGTERM); logs are JSON lines",
  )
    .addPositionalArgument(config)
    .setAction(() => import("../worker/run.js"))
    .build(),
  task(["worker", "status"], "Show how a worker stands, from its database; works beside a running worker")
    .addPositionalArgument(config)
    .addOption(json)
    .setAction(() => import("../worker/status.js"))
    .build(),
];

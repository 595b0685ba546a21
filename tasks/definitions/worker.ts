import { emptyTask, task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, integer, json, text } from "./options.js";

const config = {
  name: "workerConfig",
  description: "The worker's configuration, a JSON file; see workers/operator/config.ts",
} as const;

/** `worker …`. */
export const workerTasks: TaskDefinition[] = [
  emptyTask("worker", "An operator's worker: reads measurements, uploads, estimates and settles").build(),
  task(["worker", "configure"], "Write the configuration of the worker of an operator of the devnet")
    .addPositionalArgument({
      name: "folder",
      description: "Folder for worker.json, and for the worker's database",
    })
    .addOption(integer("operator", "Number of the operator; the worker uses the node that seals for it", 1))
    .addOption(
      text("measurements", "File or folder that the worker reads (default: readings in the worker's folder)"),
    )
    .addOption(text("serve", "HOST:PORT where the worker serves /metrics, /health and what it signs"))
    .addOption(
      text("peers", "URLs of the other operators' workers, comma-separated: it signs final blocks with them"),
    )
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../worker/configure.js"))
    .build(),
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
  task(
    ["worker", "backup"],
    "Copy a worker's history into a file, and check the copy; works beside a running worker",
  )
    .addPositionalArgument(config)
    .addOption(text("out", "File to write; it must not exist yet"))
    .addOption(json)
    .setAction(() => import("../worker/backup.js"))
    .build(),
  task(["worker", "restore"], "Make a worker's database of a backup of its own; the worker must not run")
    .addPositionalArgument(config)
    .addOption(text("from", "The backup"))
    .addOption(json)
    .setAction(() => import("../worker/restore.js"))
    .build(),
];

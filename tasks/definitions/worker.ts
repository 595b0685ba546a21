import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, json } from "./options.js";

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
    .addOption({
      name: "operator",
      description: "Number of the operator; the worker uses the node that seals for it",
      type: ArgumentType.INT,
      defaultValue: 1,
    })
    .addOption({
      name: "measurements",
      description: "File or folder that the worker reads (default: readings in the worker's folder)",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
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
    .addOption({
      name: "out",
      description: "File to write; it must not exist yet",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../worker/backup.js"))
    .build(),
  task(["worker", "restore"], "Make a worker's database of a backup of its own; the worker must not run")
    .addPositionalArgument(config)
    .addOption({
      name: "from",
      description: "The backup",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../worker/restore.js"))
    .build(),
];

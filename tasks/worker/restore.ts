import { readWorkerConfig } from "../../workers/operator/config.js";
import { restoreWorker } from "../../workers/operator/restoreWorker.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { backupText } from "./backupText.js";

interface Arguments {
  readonly workerConfig: string;
  readonly from: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  if (args.from === undefined) throw new UserError("name the backup: --from FILE");
  const config = readWorkerConfig(userPath(args.workerConfig));
  const from = userPath(args.from);
  const summary = await restoreWorker(config, from, process.env, Date.now() / 1000);
  const { database } = config;
  const text = `${backupText(summary)}\nrestored into ${database}; the worker catches up with the chain before it signs`;
  report(args.json, { database, from, ...summary }, text);
});

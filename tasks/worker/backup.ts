import { readWorkerConfig } from "../../workers/operator/config.js";
import { backupStore } from "../../workers/store/backupStore.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { backupText } from "./backupText.js";

interface Arguments {
  readonly workerConfig: string;
  readonly out: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  if (args.out === undefined) throw new UserError("name the file to write: --out FILE");
  const { database } = readWorkerConfig(userPath(args.workerConfig));
  const file = userPath(args.out);
  const summary = await backupStore(database, file);
  report(args.json, { file, ...summary }, `${backupText(summary)}\nwritten and checked: ${file}`);
});

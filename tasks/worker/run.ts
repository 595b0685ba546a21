import { runConfigured } from "../../workers/operator/runConfigured.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly workerConfig: string;
}

export default userTask<Arguments>(async ({ workerConfig }) => await runConfigured(userPath(workerConfig)));

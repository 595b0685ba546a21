import { existsSync } from "node:fs";
import { readWorkerConfig } from "../../workers/operator/config.js";
import { type WorkerStatus, workerStatus } from "../../workers/operator/status.js";
import { significant } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { openStore } from "../../workers/store/openStore.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly workerConfig: string;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const { database } = readWorkerConfig(userPath(args.workerConfig));
  if (!existsSync(database)) throw new UserError(`${database}: no such database; has the worker run yet?`);
  const store = openStore(database, { readOnly: true });
  try {
    const status = workerStatus(store);
    report(args.json, status, asText(status));
  } finally {
    store.close();
  }
});

function asText({
  identity,
  cursor,
  alerts,
  measurements,
  problems,
  submissions,
  slots,
  latestProblems,
}: WorkerStatus): string {
  const problemCount = Object.values(problems).reduce((sum, count) => sum + count, 0);
  return [
    facts([
      ["operator", identity?.operator],
      ["chain", identity?.chainId],
      ["ledger", identity?.ledger],
      ["events known up to block", cursor?.block],
      ["readings", measurements],
      ["rows not taken", problemCount],
    ]),
    ...alerts.map(
      ({ name, since, message }) => `ALERT ${name} since ${new Date(1000 * since).toISOString()}: ${message}`,
    ),
    ...(submissions.length === 0
      ? []
      : [
          table(
            [{ head: "transactions" }, { head: "state" }, { head: "count", align: "right" }],
            submissions.map(({ kind, state, count }) => [kind, state, count]),
          ),
        ]),
    ...(slots.length === 0
      ? []
      : [
          table(
            [
              { head: "slot", align: "right" },
              { head: "uploads", align: "right" },
              { head: "closed" },
              { head: "missing", align: "right" },
              { head: "J", align: "right" },
              { head: "threshold", align: "right" },
            ],
            slots.map(({ slot, uploads, closed, estimate }) => [
              slot,
              uploads,
              closed,
              estimate?.missing,
              shown(estimate?.objective),
              shown(estimate?.threshold),
            ]),
          ),
        ]),
    ...latestProblems.map(({ path, line, message }) => `${path}:${line}: ${message}`),
  ].join("\n");
}

function shown(value: number | undefined): string | undefined {
  return value === undefined ? undefined : significant(value);
}

import { listSlots } from "../../workers/chain/listSlots.js";
import { grouped, significant } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

const MOST_SLOTS = 10_000;
const ENDED = {
  settled: "by certificate",
  together: "with others",
  reported: "without missing values",
  incomplete: "without an estimate",
} as const;

export default userTask<Arguments>(async (args, hre) => {
  const { first, last } = args;
  if (first < 0 || last < first || last - first >= MOST_SLOTS)
    throw new UserError(`expected two slots, the first before the last, at most ${grouped(MOST_SLOTS)}`);
  const { contracts, deployment } = await openSharing(hre, args.deployment);
  const slots = await listSlots(contracts.ledger, first, last, deployment.fromBlock);
  const rows = slots.map((one) => ({
    ...one,
    closed: one.closed ?? null,
    missing: one.missing ?? null,
    objective: one.objective ?? null,
    threshold: one.threshold ?? null,
    alarm: one.objective === undefined ? null : one.objective > one.threshold!,
  }));
  const closed = rows.filter((one) => one.closed !== null).length;
  report(
    args.json,
    { slots: rows, closed },
    [
      table(
        [
          { head: "slot", align: "right" },
          { head: "uploads", align: "right" },
          { head: "closed" },
          { head: "missing", align: "right" },
          { head: "J", align: "right" },
          { head: "τ", align: "right" },
          { head: "alarm" },
        ],
        rows.map((one) => [
          one.slot,
          one.uploads,
          one.closed === null ? undefined : ENDED[one.closed],
          one.missing ?? undefined,
          one.objective === null ? undefined : significant(one.objective),
          one.threshold === null ? undefined : significant(one.threshold),
          one.alarm ?? undefined,
        ]),
      ),
      `${closed} of ${rows.length} slots are closed`,
    ].join("\n"),
  );
});

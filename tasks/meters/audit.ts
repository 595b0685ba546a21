import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { countByStatus, openAudit } from "./openAudit.js";

interface Arguments {
  readonly slot: number;
  readonly file: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSharing(hre, args.deployment);
  const { rows, meters } = await openAudit(sharing, args.slot, args.file);
  const counts = countByStatus(rows);
  const shown = rows.map(({ signed, number, ...row }) => ({
    ...row,
    owner: number === undefined ? null : (sharing.members[meters[number]!.seat]?.name ?? null),
    signedValue: signed?.value ?? null,
  }));
  report(
    args.json,
    { slot: args.slot, counts, rows: shown },
    [
      Object.entries(counts)
        .map(([status, count]) => `${status}: ${count}`)
        .join(", ") || `no row for slot ${args.slot}`,
      table(
        [
          { head: "line", align: "right" },
          { head: "meter" },
          { head: "owner" },
          { head: "stands" },
          { head: "signed, W or nrad", align: "right" },
          { head: "uploaded, counts", align: "right" },
          { head: "why" },
        ],
        shown
          .filter(({ status }) => status !== "agrees")
          .map(({ line, meter, owner, status, signedValue, counts: uploaded, message }) => [
            line,
            meter,
            owner ?? undefined,
            status,
            signedValue?.toString(),
            uploaded,
            message,
          ]),
      ),
    ].join("\n"),
  );
});

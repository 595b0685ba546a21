import { chainTime } from "../../workers/chain/chainTime.js";
import { readClosedSlot } from "../../workers/chain/closedSlot.js";
import { significant } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { movedBySeat, movedTable } from "./moved.js";
import { openSlot } from "./openSlot.js";

interface Arguments {
  readonly slot: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider, members } = await openSharing(hre, args.deployment);
  const { slot } = args;
  const [{ version, records, uploads, start, cutoff: cutOff, expiry }, closed, now] = await Promise.all([
    openSlot(contracts, provider, slot),
    readClosedSlot(contracts, slot),
    chainTime(provider),
  ]);
  const state = closed?.kind ?? (now < start ? "not open yet" : now < cutOff ? "open" : "to be settled");
  const operators = members
    .filter(({ seat }) => (records.metersBySeat[seat] ?? 0) > 0)
    .map(({ seat, name }) => {
      const upload = uploads.uploads.find((one) => one.seat === seat);
      return {
        seat,
        name,
        meters: records.metersBySeat[seat]!,
        batch: upload !== undefined,
        supplement: upload?.supplement !== undefined,
        missing: uploads.missingBySeat[seat]!,
      };
    });
  const settled = closed?.kind === "settled" ? closed : undefined;
  report(
    args.json,
    {
      slot,
      state,
      version,
      start,
      cutOff,
      expiry,
      missing: uploads.missing,
      operators,
      objective: settled?.objective ?? null,
      threshold: settled?.threshold ?? null,
      overStatement: settled?.overStatement ?? null,
      together: settled === undefined ? null : settled.overStatement === undefined,
      transaction: closed?.transaction ?? null,
      moved: closed === undefined ? null : movedBySeat(members, closed.moved),
    },
    [
      facts([
        ["slot", slot],
        ["state", state],
        ["grid version", version],
        ["start", timeText(start)],
        ["cut-off", timeText(cutOff)],
        ["missing values", uploads.missing],
        ["objective J", settled && significant(settled.objective)],
        ["threshold τ", settled && significant(settled.threshold)],
        ["proven over-statement η", settled && overStatementText(settled.overStatement)],
        ["alarm", settled && settled.objective > settled.threshold],
      ]),
      table(
        [
          { head: "operator" },
          { head: "meters", align: "right" },
          { head: "batch" },
          { head: "supplement" },
          { head: "missing", align: "right" },
        ],
        operators.map(({ name, meters, batch, supplement, missing }) => [
          name,
          meters,
          batch,
          supplement,
          missing,
        ]),
      ),
      ...(closed === undefined ? [] : [movedTable(members, closed.moved)]),
    ].join("\n"),
  );
});

/** A slot that was settled together with others has an upper bound of J, and needs no more. */
function overStatementText(overStatement: number | undefined): string {
  return overStatement === undefined
    ? "none: settled together with others, J is at most this"
    : significant(overStatement);
}

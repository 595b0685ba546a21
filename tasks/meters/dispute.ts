import type { MeterKeys } from "../../typechain-types/index.js";
import { revertReason } from "../../workers/chain/revertReason.js";
import { joinSupplements } from "../../workers/measurement/packValues.js";
import type { AuditedRow } from "../../workers/operator/auditReadings.js";
import { table } from "../../workers/report/table.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { userTask } from "../support/userTask.js";
import { type Audit, countByStatus, meterKeysOf, openAudit } from "./openAudit.js";

interface Arguments extends SignerArguments {
  readonly slot: number;
  readonly file: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** What was sent about a meter, and what came of it. */
interface Dispute {
  readonly meter: string;
  readonly kind: "dispute" | "equivocation";
  readonly transaction: string | null;
  /** The contract's reason, if it refused. */
  readonly refused: string | null;
}

export default userTask<Arguments>(async (args, hre) => {
  const { slot } = args;
  const sharing = await openSigning(hre, args.deployment, args, false);
  const meterKeys = meterKeysOf(sharing);
  const audit = await openAudit(sharing, slot, args.file);
  const disputes: Dispute[] = [];
  const done = new Set<string>();
  for (const row of audit.rows) {
    if (row.meter === undefined || done.has(row.meter)) continue;
    if (row.status !== "differs" && row.status !== "equivocal") continue;
    done.add(row.meter);
    const kind = row.status === "differs" ? "dispute" : "equivocation";
    const call = kind === "dispute" ? dispute : equivocate;
    try {
      const { hash } = await call(meterKeys, audit, slot, row);
      disputes.push({ meter: row.meter, kind, transaction: hash, refused: null });
    } catch (error) {
      const reason = revertReason(error);
      if (reason === undefined) throw error;
      disputes.push({ meter: row.meter, kind, transaction: null, refused: reason.message });
    }
  }
  report(
    args.json,
    { slot, disputes },
    disputes.length === 0
      ? `nothing to dispute: ${whyNothing(slot, audit.rows)}`
      : table(
          [{ head: "meter" }, { head: "what" }, { head: "transaction, or why it was refused" }],
          disputes.map(({ meter, kind, transaction, refused }) => [
            meter,
            kind,
            transaction ?? refused ?? undefined,
          ]),
        ),
  );
});

/** A row that proves nothing is not one that agrees. */
function whyNothing(slot: number, rows: readonly AuditedRow[]): string {
  if (rows.length === 0) return `the file has no row for slot ${slot}`;
  const { agrees = 0, ...others } = countByStatus(rows);
  const unproved = Object.entries(others).map(([status, count]) => `${status}: ${count}`);
  return unproved.length === 0
    ? `no value of slot ${slot} differs from what its meter signed`
    : `agrees: ${agrees}, and nothing is proved by ${unproved.join(", ")}; meters audit says why`;
}

async function dispute(meterKeys: MeterKeys, { opened, meters }: Audit, slot: number, row: AuditedRow) {
  const { seat } = meters[row.number!]!;
  const { batch, supplement } = opened.uploads.uploads.find((one) => one.seat === seat)!;
  const { value, signature } = row.signed!;
  const late = joinSupplements(supplement === undefined ? [] : [supplement]);
  return await sent(meterKeys.dispute(slot, row.number!, value, signature, batch, late));
}

async function equivocate(meterKeys: MeterKeys, { rows, meters }: Audit, slot: number, row: AuditedRow) {
  const { seat, place } = meters[row.number!]!;
  const first = row.signed!;
  const second = rows.find(
    ({ meter, signed }) => meter === row.meter && signed && signed.value !== first.value,
  )!.signed!;
  return await sent(
    meterKeys.equivocate(slot, seat, place, first.value, first.signature, second.value, second.signature),
  );
}

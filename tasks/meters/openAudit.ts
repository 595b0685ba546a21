import { readFileSync } from "node:fs";
import type { MeterKeys } from "../../typechain-types/index.js";
import { readMeterKeys } from "../../workers/chain/readMeterKeys.js";
import { meterPlace } from "../../workers/crypto/meterReading.js";
import { METER_KINDS, MISSING_VALUE } from "../../workers/grid/version/constants.js";
import { applySupplement, unpackBatch, unpackSupplement } from "../../workers/measurement/packValues.js";
import { type AuditedRow, auditReadings } from "../../workers/operator/auditReadings.js";
import type { IngestMeter } from "../../workers/operator/ingest/types.js";
import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import type { Sharing } from "../support/openSharing.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { type OpenedSlot, openSlot } from "../slot/openSlot.js";

/** A file of signed values held against a slot. */
export interface Audit {
  readonly opened: OpenedSlot;
  readonly rows: readonly AuditedRow[];
  /** Seat and place of each meter of the version. */
  readonly meters: readonly { readonly seat: number; readonly place: number }[];
}

/** The contract that keeps the keys of meters. @throws UserError if the deployment has none. */
export function meterKeysOf({ contracts }: Sharing): MeterKeys {
  if (contracts.meterKeys === undefined) {
    throw new UserError("the deployment names no contract meterKeys: no meter signs its values");
  }
  return contracts.meterKeys;
}

/** Reads a file of signed values (CSV, or JSON lines) and holds it against a slot. */
export async function openAudit(sharing: Sharing, slot: number, file: string): Promise<Audit> {
  const meterKeys = meterKeysOf(sharing);
  const { contracts, provider } = sharing;
  const path = userPath(file);
  const text = readFileSync(path, "utf8");
  const opened = await openSlot(contracts, provider, slot);
  const { records, labels } = opened;
  const seats = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  const meters = records.directory.map(({ kind, place }, i) => ({
    seat: seats[i]!,
    place: meterPlace(METER_KINDS[kind]!, place),
  }));
  const bySeat = await Promise.all(
    records.metersBySeat.map(async (_, seat) =>
      readMeterKeys(
        meterKeys,
        seat,
        meters.filter((meter) => meter.seat === seat).map(({ place }) => place),
      ),
    ),
  );
  const known = new Map(
    records.directory.map((entry, index): [string, IngestMeter] => {
      const { seat, place } = meters[index]!;
      const keys = bySeat[seat]!.get(place);
      const kind = METER_KINDS[entry.kind]!;
      const id = labels.meters[index]?.id ?? `${kind} ${entry.place}`;
      const rangeCounts = 2 ** entry.rangeBits;
      return [id, { index, kind, own: true, rangeCounts, signing: keys && { place, keys } }];
    }),
  );
  const context = {
    meters: known,
    rules: await readLedgerRules(contracts.ledger),
    now: opened.start,
    powerUnitKw: records.geometry.powerUnitKw,
    maxAheadSeconds: 0,
    domain: { chainId: (await provider.getNetwork()).chainId, meterKeys: await meterKeys.getAddress() },
  };
  try {
    const rows = auditReadings(text, /\.csv$/iu.test(path), slot, uploadedCounts(opened), context);
    return { opened, rows, meters };
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}

/** What was uploaded by meter, out of range or not: that is what an operator answers for. */
function uploadedCounts({ records, uploads }: OpenedSlot): Int32Array {
  const counts = new Int32Array(records.geometry.meters).fill(MISSING_VALUE);
  let first = 0;
  for (const [seat, count] of records.metersBySeat.entries()) {
    const upload = uploads.uploads.find((one) => one.seat === seat);
    if (upload !== undefined) {
      const entries = unpackSupplement(upload.supplement ?? new Uint8Array());
      counts.set(applySupplement(unpackBatch(upload.batch), entries), first);
    }
    first += count;
  }
  return counts;
}

/** How many rows stand how. */
export function countByStatus(rows: readonly AuditedRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

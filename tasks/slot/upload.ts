import { readFileSync } from "node:fs";
import { METER_KINDS, MISSING_VALUE } from "../../workers/grid/version/constants.js";
import { packBatch, packSupplement, unpackBatch } from "../../workers/measurement/packValues.js";
import { readValuesCsv } from "../../workers/measurement/readValuesCsv.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openSlot } from "./openSlot.js";

interface Arguments extends SignerArguments {
  readonly slot: number;
  readonly file: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const file = userPath(args.file);
  const text = readFileSync(file, "utf8");
  const { contracts, provider, member, account } = await openSigning(hre, args.deployment, args, true);
  if (member === undefined) throw new UserError(`${account} is not a member`);
  const { records, labels, uploads } = await openSlot(contracts, provider, args.slot);
  const meters = records.directory.map((entry, i) => ({
    id: labels.meters[i]?.id ?? `meter ${i}`,
    kind: METER_KINDS[entry.kind]!,
    rangeCounts: 2 ** entry.rangeBits,
  }));
  const values = readValuesCsv(text, file, meters, records.geometry.powerUnitKw);
  const first = records.metersBySeat.slice(0, member.seat).reduce((sum, count) => sum + count, 0);
  const own = meters.slice(first, first + (records.metersBySeat[member.seat] ?? 0));
  const batch = Int32Array.from(own, ({ id }) => values.counts.get(id) ?? MISSING_VALUE);
  const foreign = values.counts.size - batch.filter((value) => value !== MISSING_VALUE).length;

  const before = uploads.uploads.find(({ seat }) => seat === member.seat);
  const sentBefore = before === undefined ? undefined : unpackBatch(before.batch);
  const entries = [...batch].flatMap((value, position) =>
    value !== MISSING_VALUE && sentBefore?.[position] === MISSING_VALUE ? [{ position, value }] : [],
  );
  if (sentBefore !== undefined && entries.length === 0) {
    throw new UserError(
      `slot ${args.slot}: ${member.name} uploaded its batch already, and the file has no value that was missing in it`,
    );
  }
  const receipt = await sent(
    sentBefore === undefined
      ? contracts.ledger.upload(args.slot, packBatch(batch))
      : contracts.ledger.supplement(args.slot, packSupplement(entries)),
  );
  const missing = batch.filter(
    (value, position) =>
      value === MISSING_VALUE && (sentBefore?.[position] ?? MISSING_VALUE) === MISSING_VALUE,
  ).length;
  const kind = sentBefore === undefined ? "upload" : "supplement";
  const count = sentBefore === undefined ? own.length - missing : entries.length;
  for (const problem of values.outOfRange) process.stderr.write(`taken as missing: ${problem}\n`);
  report(
    args.json,
    {
      slot: args.slot,
      operator: member.name,
      kind,
      meters: own.length,
      values: count,
      missing,
      outOfRange: values.outOfRange.length,
      foreign,
      gas: receipt.gasUsed,
      transaction: receipt.hash,
    },
    facts([
      ["slot", args.slot],
      ["operator", member.name],
      ["sent as", kind === "upload" ? "batch" : "supplement"],
      ["values", `${count} of ${own.length} meters`],
      ["still missing", missing],
      ["rows of others' meters, left aside", foreign],
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});

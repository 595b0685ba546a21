import { chainTime } from "../../workers/chain/chainTime.js";
import { readFileSync } from "node:fs";
import type { ContractTransactionResponse } from "ethers";
import { commitmentSalt } from "../../workers/crypto/commitmentSalt.js";
import { METER_KINDS, MISSING_VALUE } from "../../workers/grid/version/constants.js";
import { commitment } from "../../workers/measurement/commitment.js";
import {
  packBatch,
  packSupplement,
  type SupplementEntry,
  unpackBatch,
} from "../../workers/measurement/packValues.js";
import { readValuesCsv } from "../../workers/measurement/readValuesCsv.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, type SigningSharing, openSigning } from "../support/openSharing.js";
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

type Kind = "upload" | "supplement" | "commit" | "reveal";

const SENT_AS: Readonly<Record<Kind, string>> = {
  upload: "batch",
  supplement: "supplement",
  commit: "commitment: send the same file again once the commit phase is over",
  reveal: "batch that was committed to",
};

export default userTask<Arguments>(async (args, hre) => {
  const file = userPath(args.file);
  const text = readFileSync(file, "utf8");
  const signing = await openSigning(hre, args.deployment, args, true);
  const { contracts, provider, member, account } = signing;
  if (member === undefined) throw new UserError(`${account} is not a member`);
  const opened = await openSlot(contracts, provider, args.slot);
  const { records, labels, uploads } = opened;
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
  const commits = opened.rules.commitSlots > 0;
  if (sentBefore !== undefined && (commits || entries.length === 0)) {
    throw new UserError(
      `slot ${args.slot}: ${member.name} uploaded its batch already, and ${commits ? "a slot with a commit phase takes no supplement" : "the file has no value that was missing in it"}`,
    );
  }
  if (sentBefore === undefined && batch.every((value) => value === MISSING_VALUE)) {
    const problem = values.outOfRange[0] === undefined ? "" : ` (${values.outOfRange[0]})`;
    throw new UserError(
      `${args.file}: no value for any of the ${own.length} meters of ${member.name}${problem}`,
    );
  }
  const now = await chainTime(provider);
  const kind = commits
    ? now < opened.due
      ? "commit"
      : "reveal"
    : before === undefined
      ? "upload"
      : "supplement";
  const receipt = await sent(send(signing, args.slot, member.seat, kind, packBatch(batch), entries));
  const missing = batch.filter(
    (value, position) =>
      value === MISSING_VALUE && (sentBefore?.[position] ?? MISSING_VALUE) === MISSING_VALUE,
  ).length;
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
      ["sent as", SENT_AS[kind]],
      ["values", `${count} of ${own.length} meters`],
      ["still missing", missing],
      ["rows of others' meters, left aside", foreign],
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});

/** In a slot with a commit phase the same command commits to the batch first, and shows it later. */
async function send(
  { contracts: { ledger }, provider, signer }: SigningSharing,
  slot: number,
  seat: number,
  kind: Kind,
  batch: Uint8Array,
  entries: readonly SupplementEntry[],
): Promise<ContractTransactionResponse> {
  if (kind === "upload") return await ledger.upload(slot, batch);
  if (kind === "supplement") return await ledger.supplement(slot, packSupplement(entries));
  const { chainId } = await provider.getNetwork();
  const salt = await commitmentSalt(signer, chainId, await ledger.getAddress(), slot);
  if (kind === "reveal") return await ledger.reveal(slot, batch, salt);
  return await ledger.commit(slot, commitment(slot, seat, salt, batch));
}

import { getBytes, type Provider } from "ethers";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { readSlot } from "../../workers/chain/readSlot.js";
import { wilsonHilferty } from "../../workers/estimation/wilsonHilferty.js";
import { checkBrought } from "../../workers/measurement/checkBrought.js";
import type { ManySlots, QuietSlot } from "../../workers/measurement/joinSlots.js";
import { planSlot } from "../../workers/measurement/planSlot.js";
import type { SlotUploads } from "../../workers/measurement/slotUploads.js";
import { splitSlots } from "../../workers/measurement/splitSlots.js";
import { significant } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type SlotVersion, versionReader } from "./versionReader.js";

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly transaction: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** A slot, and whether it can be settled together with others. */
interface Checked {
  readonly slot: number;
  readonly sound: boolean;
  readonly objective: number | null;
  readonly threshold: number | null;
  readonly reason: string | null;
}

/** Most slots of one check: the ledger's ring. */
const MOST = 256;

/** `slot check`: which slots can be settled together, or which of those that a transaction brought is wrong. */
export default userTask<Arguments>(async (args, hre) => {
  const { first, last, transaction } = args;
  if (first < 0 || last < first || last - first >= MOST) {
    throw new UserError(`expected the first and the last of up to ${MOST} slots, found ${first} and ${last}`);
  }
  const { contracts, provider } = await openSharing(hre, args.deployment);
  const versionAt = versionReader(contracts, provider);
  const slots: { version: SlotVersion; uploads: SlotUploads }[] = [];
  for (let slot = first; slot <= last; slot++) {
    const version = await versionAt(slot);
    slots.push({
      version,
      uploads: await readSlot(contracts.ledger, provider, slot, version.records),
    });
  }
  const brought =
    transaction === undefined ? undefined : await broughtBy(contracts, provider, transaction, slots);
  const checked = slots.flatMap(({ version, uploads }): Checked[] => {
    if (brought === undefined) return [own(version, uploads)];
    const one = brought.get(uploads.slot);
    return one === undefined ? [] : [others(version, uploads, one)];
  });
  if (checked.length === 0) throw new UserError(`transaction ${transaction} settles none of these slots`);
  const wrong = checked.filter(({ sound }) => !sound);
  report(
    args.json,
    { slots: checked, wrong: wrong.map(({ slot }) => slot) },
    [
      table(
        [
          { head: "slot", align: "right" },
          { head: "J", align: "right" },
          { head: "τ", align: "right" },
          { head: "verdict" },
        ],
        checked.map(({ slot, sound, objective, threshold, reason }) => [
          slot,
          objective === null ? undefined : significant(objective),
          threshold === null ? undefined : significant(threshold),
          sound ? "can be settled together with others" : (reason ?? undefined),
        ]),
      ),
      wrong.length === 0
        ? "None is wrong"
        : `${transaction === undefined ? "By itself" : "Wrong"}: ${wrong.map(({ slot }) => slot).join(", ")}`,
    ].join("\n"),
  );
});

/** How this machine would settle a slot. */
function own({ records, estimator, rules }: SlotVersion, uploads: SlotUploads): Checked {
  const plan = planSlot(records, estimator, uploads, rules);
  if (plan.kind === "inexplicable") {
    return { slot: uploads.slot, sound: false, objective: null, threshold: null, reason: plan.reason };
  }
  const { result } = plan.settlement;
  const estimate = result.observable ? result.estimate : undefined;
  const reasons = {
    quiet: null,
    alarm: "alarm: J is above τ",
    incomplete: `${uploads.missing} values are missing`,
  };
  return {
    slot: uploads.slot,
    sound: plan.kind === "quiet",
    objective: estimate?.objective ?? null,
    threshold: estimate?.threshold ?? null,
    reason: reasons[plan.kind],
  };
}

/** What a transaction brought for a slot. */
function others({ records, rules }: SlotVersion, uploads: SlotUploads, brought: QuietSlot): Checked {
  const { meters, virtualRows, roots, buses } = records.geometry;
  const threshold = wilsonHilferty(meters + virtualRows + roots - buses, rules.normalQuantile);
  const verdict = checkBrought(records, uploads, brought, threshold);
  return {
    slot: uploads.slot,
    sound: verdict.sound,
    objective: verdict.objective ?? null,
    threshold,
    reason: verdict.sound ? null : verdict.reason,
  };
}

/** What a transaction, sent or refused, brought for each slot. */
async function broughtBy(
  { ledger }: Contracts,
  provider: Provider,
  hash: string,
  slots: readonly { readonly version: SlotVersion; readonly uploads: SlotUploads }[],
): Promise<ReadonlyMap<number, QuietSlot>> {
  const transaction = /^0x[0-9a-f]{64}$/i.test(hash) ? await provider.getTransaction(hash) : null;
  if (transaction === null) throw new UserError(`transaction ${hash} is not known to the node`);
  const call = ledger.interface.parseTransaction({ data: transaction.data });
  if (call?.name !== "settleMany") throw new UserError(`transaction ${hash} did not call settleMany`);
  const bytes = (i: number): Uint8Array => getBytes(String(call.args[i]));
  const many: ManySlots = {
    first: Number(call.args[0]),
    count: Number(call.args[1]),
    values: bytes(2),
    supplements: bytes(3),
    angles: bytes(4),
  };
  const end = many.first + many.count;
  const from = slots[0]!.uploads.slot;
  if (many.first < from || end > from + slots.length) {
    throw new UserError(
      `transaction ${hash} brought slots ${many.first} to ${end - 1}: check these, all of them`,
    );
  }
  const within = slots.filter(({ uploads: { slot } }) => slot >= many.first && slot < end);
  const { records } = within[0]!.version;
  const split = splitSlots(
    records,
    many,
    within.map(({ uploads }) => uploads),
  );
  return new Map(split.map((one) => [one.slot, one]));
}

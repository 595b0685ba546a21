import { chainTime } from "../../workers/chain/chainTime.js";
import { sendSettlement } from "./sendSettlement.js";
import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import type { SlotRules } from "../../workers/measurement/slotRules.js";
import { slotAtTime } from "../../workers/measurement/slotAtTime.js";
import { type ClosingTimes, closingTimes, slotTimes } from "../../workers/measurement/slotTimes.js";
import type { ContractTransactionReceipt, Provider } from "ethers";
import { type ClosedSlot, closedSlotOf } from "../../workers/chain/closedSlot.js";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { readSlot } from "../../workers/chain/readSlot.js";
import { fitSlots } from "../../workers/chain/settleMany.js";
import type { QuietSlot } from "../../workers/measurement/joinSlots.js";
import { planSlot, type SlotPlan } from "../../workers/measurement/planSlot.js";
import { settlementValues } from "../../workers/measurement/slotUploads.js";
import { grouped, significant } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { uncertifiedMessage } from "./uncertifiedMessage.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type VersionReader, versionReader } from "./versionReader.js";

interface Arguments extends SignerArguments {
  readonly until: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** A slot that was closed, and the transaction that did it. */
interface Caught {
  readonly closed: ClosedSlot;
  readonly missing: number;
  readonly alarm: boolean;
  /** Slots of its transaction. */
  readonly together: number;
}

/** A slot that is due, and how it can be settled. */
interface Due {
  readonly version: number;
  readonly rules: SlotRules;
  readonly missing: number;
  readonly plan: SlotPlan;
  /** For a slot that is closed without an estimate. */
  readonly values: ReturnType<typeof settlementValues>;
}

/** `slot catch-up`: settles all slots that are due, quiet ones together. */
export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider } = await openSigning(hre, args.deployment, args, false);
  const { ledger, registry } = contracts;
  if ((await registry.activeVersion()) === 0n) throw new UserError("no grid version is in force yet");
  const [first, clock] = [Number(await ledger.nextSlot()), await slotClock(contracts, provider)];
  const last = args.until === undefined ? clock.lastDue : Math.min(slotNumber(args.until), clock.lastDue);
  const versionAt = versionReader(contracts, provider);

  const caught: Caught[] = [];
  const receipts: ContractTransactionReceipt[] = [];
  const dueSlots = new Map<number, Due>();
  const due = async (slot: number): Promise<Due> => {
    const known = dueSlots.get(slot) ?? (await readDue(contracts, provider, versionAt, slot));
    dueSlots.set(slot, known);
    return known;
  };
  for (let slot = first; slot <= last;) {
    const run = await quietRun(slot, last, due);
    const receipt =
      run.length > 1
        ? await sendMany(contracts, run)
        : await sendOne(contracts, slot, await due(slot), clock);
    receipts.push(receipt);
    const closed: ClosedSlot[] = [];
    for (let one = slot; ; one++) {
      const found = closedSlotOf(contracts, receipt, one);
      if (found === undefined) break;
      closed.push(found);
    }
    if (closed.length === 0)
      throw new UserError(`slot ${slot}: transaction ${receipt.hash} did not close it`);
    for (const one of closed) {
      const alarm = one.kind === "settled" && one.objective > one.threshold;
      caught.push({ closed: one, missing: (await due(one.slot)).missing, alarm, together: closed.length });
      dueSlots.delete(one.slot);
    }
    slot += closed.length;
    process.stderr.write(
      `slots ${first} to ${slot - 1} of ${last} closed (${grouped(receipt.gasUsed)} gas)\n`,
    );
  }

  const gas = receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  report(
    args.json,
    {
      slots: caught.map(({ closed, missing, alarm, together }) => ({
        slot: closed.slot,
        closed: closed.kind,
        together,
        missing,
        objective: closed.kind === "settled" ? closed.objective : null,
        threshold: closed.kind === "settled" ? closed.threshold : null,
        alarm,
        transaction: closed.transaction,
      })),
      transactions: receipts.length,
      gas,
      nextSlot: Number(await ledger.nextSlot()),
    },
    caught.length === 0
      ? `Nothing is due: slot ${first} is next, and its cut-off is at ${new Date(1000 * clock.cutOffOf(first)).toISOString()}`
      : [
          table(
            [
              { head: "slot", align: "right" },
              { head: "closed as" },
              { head: "missing", align: "right" },
              { head: "J", align: "right" },
              { head: "τ", align: "right" },
              { head: "alarm" },
            ],
            caught.map(({ closed, missing, alarm, together }) => [
              closed.slot,
              closed.kind === "incomplete"
                ? "incomplete"
                : closed.missing > 0
                  ? "incomplete, by certificate"
                  : together > 1
                    ? `complete, with ${together - 1} others`
                    : "complete, by itself",
              missing,
              closed.kind === "settled" ? significant(closed.objective) : undefined,
              closed.kind === "settled" ? significant(closed.threshold) : undefined,
              alarm,
            ]),
          ),
          facts([
            ["slots", caught.length],
            ["transactions", receipts.length],
            ["gas", grouped(gas)],
            ["gas a slot", grouped(gas / BigInt(caught.length))],
          ]),
        ].join("\n"),
  );
});

/** The slots from `slot` on that can be settled together: quiet ones of one version and under one set of rules. */
async function quietRun(
  slot: number,
  last: number,
  due: (slot: number) => Promise<Due>,
): Promise<QuietSlot[]> {
  const run: QuietSlot[] = [];
  const { version, rules } = await due(slot);
  for (let next = slot; next <= last; next++) {
    const one = await due(next);
    if (one.version !== version || one.rules !== rules || one.plan.kind !== "quiet") break;
    run.push(one.plan.quiet);
  }
  return run;
}

async function sendMany(
  { ledger }: Contracts,
  run: readonly QuietSlot[],
): Promise<ContractTransactionReceipt> {
  const { first, count, values, supplements, angles } = await fitSlots(run, (call) =>
    ledger.settleMany.estimateGas(call.first, call.count, call.values, call.supplements, call.angles),
  );
  return sent(ledger.settleMany(first, count, values, supplements, angles));
}

async function sendOne(
  contracts: Contracts,
  slot: number,
  { plan, values }: Due,
  { now, closingOf }: SlotClock,
): Promise<ContractTransactionReceipt> {
  const { incomplete, expiry } = closingOf(slot);
  if (plan.kind !== "inexplicable") {
    if (plan.settlement.kind === "closeIncomplete" && now < incomplete) {
      throw new UserError(uncertifiedMessage(slot, incomplete));
    }
    return await sendSettlement(contracts, slot, plan.settlement);
  }
  if (now < expiry) throw new UserError(`slot ${slot}: ${plan.reason}; it can be closed once it has expired`);
  return await sendSettlement(contracts, slot, { kind: "closeIncomplete", ...values });
}

async function readDue(
  { ledger }: Contracts,
  provider: Provider,
  versionAt: VersionReader,
  slot: number,
): Promise<Due> {
  const { version, records, estimator, rules } = await versionAt(slot);
  const uploads = await readSlot(ledger, provider, slot, records);
  return {
    version,
    rules,
    missing: uploads.missing,
    plan: planSlot(records, estimator, uploads, rules),
    values: settlementValues(uploads.uploads),
  };
}

type SlotClock = Awaited<ReturnType<typeof slotClock>>;

/** The times of the ledger's slots, seconds, and the last slot whose cut-off has passed. */
async function slotClock({ ledger }: Contracts, provider: Provider) {
  const [rules, now] = await Promise.all([readLedgerRules(ledger), chainTime(provider)]);
  let lastDue = slotAtTime(rules, now);
  while (lastDue >= 0 && slotTimes(rules, lastDue).cutoff > now) lastDue--;
  return {
    now,
    cutOffOf: (slot: number): number => slotTimes(rules, slot).cutoff,
    closingOf: (slot: number): ClosingTimes => closingTimes(rules, slot),
    lastDue,
  };
}

function slotNumber(named: string): number {
  if (!/^\d{1,12}$/.test(named)) throw new UserError(`expected the number of a slot, found ${named}`);
  return Number(named);
}

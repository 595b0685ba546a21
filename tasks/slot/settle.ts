import { chainTime } from "../../workers/chain/chainTime.js";
import { closedSlotOf } from "../../workers/chain/closedSlot.js";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { largestResidual } from "../../workers/measurement/estimateSlot.js";
import { settleSlot, type Settlement } from "../../workers/measurement/settleSlot.js";
import { settlementValues } from "../../workers/measurement/slotUploads.js";
import { versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { grouped, significant } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type OpenedSlot, openSlot } from "./openSlot.js";
import { movedTable, movedBySeat } from "./moved.js";
import { sendSettlement } from "./sendSettlement.js";
import { uncertifiedMessage } from "./uncertifiedMessage.js";

interface Arguments extends SignerArguments {
  readonly slot: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider, members } = await openSigning(hre, args.deployment, args, false);
  const slot = await slotNumber(contracts, args.slot);
  const opened = await openSlot(contracts, provider, slot);
  const now = await chainTime(provider);
  const settlement = settlementOf(opened, now);
  const receipt = await sendSettlement(contracts, slot, settlement);
  const closed = closedSlotOf(contracts, receipt, slot);
  if (closed === undefined) throw new UserError(`slot ${slot}: transaction ${receipt.hash} did not close it`);

  const estimate = settlement.result?.observable === true ? settlement.result.estimate : undefined;
  const alarm = estimate !== undefined && estimate.threshold > 0 && estimate.objective > estimate.threshold;
  const largest = estimate === undefined ? undefined : largestResidual(estimate.normalised);
  const suspect =
    alarm && largest !== undefined
      ? {
          meter: opened.labels.meters[largest.meter]?.id ?? `meter ${largest.meter}`,
          owner: opened.labels.meters[largest.meter]?.owner ?? null,
          normalisedResidual: largest.normalisedResidual,
        }
      : null;
  const objective = closed.kind === "settled" ? closed.objective : estimate?.objective;
  const threshold = closed.kind === "settled" ? closed.threshold : estimate?.threshold;
  const overStatement = closed.kind === "settled" ? closed.overStatement : undefined;
  report(
    args.json,
    {
      slot,
      closed: closed.kind,
      missing: opened.uploads.missing,
      objective: objective ?? null,
      threshold: threshold ?? null,
      overStatement: overStatement ?? null,
      alarm,
      suspect,
      gas: receipt.gasUsed,
      transaction: receipt.hash,
      moved: movedBySeat(members, closed.moved),
    },
    [
      facts([
        ["slot", slot],
        [
          "closed as",
          closed.kind === "incomplete"
            ? "incomplete, without certificate"
            : `${closed.missing === 0 ? "complete" : "incomplete"}, by certificate`,
        ],
        ["missing values", opened.uploads.missing],
        ["objective J", shown(objective)],
        ["threshold τ", shown(threshold)],
        ["proven over-statement η", shown(overStatement)],
        ["alarm", alarmText(alarm, closed.kind)],
        [
          "suspect first",
          suspect === null
            ? undefined
            : `${suspect.meter} of ${suspect.owner}: normalised residual ${significant(suspect.normalisedResidual, 4)}`,
        ],
        ["gas", grouped(receipt.gasUsed)],
      ]),
      movedTable(members, closed.moved),
    ].join("\n"),
  );
});

async function slotNumber({ ledger, registry }: Contracts, named: string): Promise<number> {
  if (named !== "next") {
    if (!/^\d{1,12}$/.test(named)) throw new UserError(`expected the number of a slot, found ${named}`);
    return Number(named);
  }
  if ((await registry.activeVersion()) === 0n) throw new UserError("no grid version is in force yet");
  return Number(await ledger.nextSlot());
}

/** A slot whose values no angles of the ledger's can explain can be closed once it has expired. */
function settlementOf(opened: OpenedSlot, now: number): Settlement | ExpiredSettlement {
  const { records, uploads, rules, incomplete, expiry } = opened;
  try {
    const settlement = settleSlot(records, versionEstimator(records), uploads, rules);
    if (settlement.kind === "closeIncomplete" && now < incomplete) {
      throw new UserError(uncertifiedMessage(uploads.slot, incomplete));
    }
    return settlement;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (now < expiry) {
      const when = new Date(1000 * expiry).toISOString();
      throw new UserError(
        `slot ${uploads.slot}: ${error.message}; it can be closed without a certificate from ${when}`,
      );
    }
    return { kind: "closeIncomplete", ...settlementValues(uploads.uploads), result: undefined };
  }
}

type ExpiredSettlement = ReturnType<typeof settlementValues> & {
  readonly kind: "closeIncomplete";
  readonly result: undefined;
};

function alarmText(alarm: boolean, closed: "settled" | "incomplete"): string {
  if (!alarm) return "no";
  return closed === "settled"
    ? "yes: J exceeds τ"
    : "yes, as advice: values are missing, no credits move for it";
}

function shown(value: number | undefined): string | undefined {
  return value === undefined ? undefined : significant(value);
}

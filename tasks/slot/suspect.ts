import { chainTime } from "../../workers/chain/chainTime.js";
import { Suspects__factory } from "../../typechain-types/index.js";
import { readSuspectCase, type SuspectCase } from "../../workers/chain/suspectCase.js";
import { unitOfCount } from "../../workers/measurement/estimateSlot.js";
import { isLarger, nameSuspect, type SuspectClaim } from "../../workers/measurement/nameSuspect.js";
import { settlementValues } from "../../workers/measurement/slotUploads.js";
import { versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { grouped, significant } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { openSharing, openSigning, type Sharing, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type OpenedSlot, openSlot } from "./openSlot.js";

interface Arguments extends SignerArguments {
  readonly slot: number;
  readonly meter: string | undefined;
  readonly show: boolean;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { slot, show } = args;
  const sharing: Sharing = show
    ? await openSharing(hre, args.deployment)
    : await openSigning(hre, args.deployment, args, false);
  const { contracts, provider, members } = sharing;
  const { ledger } = contracts;
  const suspects = Suspects__factory.connect(await ledger.suspects(), ledger.runner);
  const opened = await openSlot(contracts, provider, slot);
  const before = await readSuspectCase(suspects, slot);
  if (before === undefined)
    throw new UserError(`slot ${slot} was not settled with J above τ: there is no suspect`);
  const now = await chainTime(provider);

  let action: "shown" | "kept" | "named" | "concluded" = "shown";
  let claim: SuspectClaim | undefined;
  let gas: bigint | undefined;
  if (!show && now < before.until) {
    claim = claimOf(opened, args.meter);
    const standing = before.claim;
    // A meter that was asked for by name is left to the contract, which says why not.
    if (args.meter === undefined && standing && !isLarger(claim.drop, standing.drop, before.objective)) {
      action = "kept";
    } else {
      const { values, supplements } = settlementValues(opened.uploads.uploads);
      const receipt = await sent(suspects.name(slot, claim.meter, values, supplements, claim.angles));
      [action, gas] = ["named", receipt.gasUsed];
    }
  } else if (!show && before.claim?.concluded === false) {
    const receipt = await sent(suspects.conclude(slot));
    [action, gas] = ["concluded", receipt.gasUsed];
  }

  const found = (await readSuspectCase(suspects, slot)) ?? before;
  const standing = found.claim && {
    ...found.claim,
    name: nameOf(opened, found.claim.meter),
    // By the seat: the records are proved, the label's owner is only a name.
    owner: members[found.claim.seat]?.name ?? `seat ${found.claim.seat}`,
    normalisedResidual: Math.sqrt(found.claim.drop),
    claimantName: members.find(({ account }) => account === found.claim?.claimant)?.name ?? null,
  };
  const corrected = claim && correctedOf(opened, claim);
  report(
    args.json,
    {
      slot,
      action,
      objective: found.objective,
      until: found.until,
      open: now < found.until,
      claim: standing ?? null,
      corrected: corrected ?? null,
      gas: gas ?? null,
    },
    facts([
      ["slot", slot],
      ["objective J", significant(found.objective)],
      ["suspect", standing === undefined ? "nobody is named" : `${standing.name} of ${standing.owner}`],
      ["normalised residual", standing && significant(standing.normalisedResidual, 6)],
      ["J without the meter, proved", standing && significant(found.objective - standing.drop)],
      ["named by", standing && (standing.claimantName ?? standing.claimant)],
      ["at", standing && timeText(standing.at)],
      ["claims", claimsText(found, now)],
      ["this meter read", corrected && `${significant(corrected.measured, 6)} ${corrected.unit}`],
      ["the others say", corrected && `${significant(corrected.value, 6)} ${corrected.unit}`],
      [
        "done now",
        {
          shown: undefined,
          kept: "nothing: what stands is as large",
          named: "named",
          concluded: "concluded",
        }[action],
      ],
      ["gas", gas === undefined ? undefined : grouped(gas)],
    ]),
  );
});

function claimOf({ records, labels, uploads }: OpenedSlot, name: string | undefined): SuspectClaim {
  const meter = name === undefined ? undefined : labels.meters.findIndex(({ id }) => id === name);
  if (meter === -1) throw new UserError(`no meter ${name} in the grid version of the slot; see meters list`);
  return nameSuspect(records, versionEstimator(records), uploads.counts, meter, name);
}

function nameOf({ labels }: OpenedSlot, meter: number): string {
  return labels.meters[meter]?.id ?? `meter ${meter}`;
}

/** What the accused meter read, and what the other rows say that it should have. */
function correctedOf(
  { records, uploads }: OpenedSlot,
  { meter, correctedCounts }: SuspectClaim,
): { readonly meter: number; readonly measured: number; readonly value: number; readonly unit: string } {
  const unit = unitOfCount(records, meter);
  return {
    meter,
    measured: uploads.counts[meter]! * unit,
    value: correctedCounts * unit,
    unit: unit === records.geometry.powerUnitKw ? "kW" : "rad",
  };
}

function claimsText({ until, claim }: SuspectCase, now: number): string {
  if (now < until) return `taken before ${timeText(until)}`;
  return claim?.concluded === true
    ? "closed, and written down"
    : "closed; the standing claim may be concluded";
}

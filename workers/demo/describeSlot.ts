import { demoTerms } from "./demoTerms.js";
import type { DemoResult, SlotOutcome } from "./types.js";
import { grouped } from "../report/number.js";
import { change, listed, megawatts, meterWords } from "./words.js";

/** What happened in a slot, in sentences; none for a slot in which nothing did. */
export function describeSlot(result: DemoResult, slot: SlotOutcome): string[] {
  const sentences = [
    ...describeSilence(result, slot),
    ...describeFalsification(result, slot),
    ...describeRefusals(slot),
    ...describeChance(result, slot),
  ];
  return sentences.length === 0 ? [] : [...sentences, describeMoves(result, slot)];
}

function describeSilence({ demoGrid }: DemoResult, { slot, gaps }: SlotOutcome): string[] {
  if (gaps.length === 0) return [];
  const meters = gaps.map(({ meter }) => demoGrid.meters[meter]!);
  const owner = meters[0]!.owner;
  const what = listed(meters.map(meterWords));
  const sentences = [
    `In slot ${slot} ${owner} was silent for ${what}: the slot was closed incomplete, on rewards and penalties alone.`,
  ];
  const filled = gaps.filter((gap) => gap.filledKw !== undefined);
  if (filled.length === 0)
    return [...sentences, "Without them the grid is not observable, so there is no estimate."];
  const values = filled.map(
    ({ meter, filledKw, exactKw }) =>
      `${demoGrid.meters[meter]!.id} at ${megawatts(filledKw!)} (truth ${megawatts(exactKw)})`,
  );
  return [
    ...sentences,
    `The estimate without them, which is advice and moves nothing, puts ${listed(values)}.`,
  ];
}

function describeFalsification(result: DemoResult, outcome: SlotOutcome): string[] {
  const { slot, falsification, suspects, objective, threshold } = outcome;
  const { demoGrid } = result;
  if (falsification === undefined) return [];
  const meter = demoGrid.meters[falsification.meter]!;
  const said =
    `In slot ${slot} ${meter.owner} reported ${meterWords(meter)} ` +
    `${megawatts(falsification.errorKw, true)} off the truth`;
  if (objective! <= threshold!) {
    return [
      `${said}; J = ${objective!.toFixed(1)} stayed below τ = ${threshold!.toFixed(1)}: it was not seen.`,
    ];
  }
  const first = suspects[0]!;
  const found = demoGrid.meters[first.meter]!;
  const verdict =
    first.meter === falsification.meter
      ? `which is that meter, with an error of ${megawatts(first.errorKw, true)} as the residual has it`
      : `which is another one${falsification.identifiable ? "" : ": the grid is too little redundant to tell them apart"}`;
  return [
    `${said}: J rose to ${objective!.toFixed(1)}, above τ = ${threshold!.toFixed(1)}. ` +
      `The largest normalised residual, ${first.normalisedResidual.toFixed(1)}, is that of ${found.id}, ${verdict}.`,
    alarmCost(result, outcome, meter.owner),
  ];
}

/** What the alarm cost the owner of the false value: what the slot moved less what sharing alone would have. */
function alarmCost(
  { demoGrid, operators }: DemoResult,
  { moved, threshold, objective }: SlotOutcome,
  owner: string,
): string {
  const { reward } = demoTerms(operators.length).terms;
  const seat = operators.findIndex(({ name }) => name === owner);
  const own = reward * BigInt(demoGrid.records.metersBySeat[seat]!);
  const others = reward * BigInt(demoGrid.meters.length) - own;
  const cost = own - others / BigInt(operators.length - 1) - moved[seat]!;
  return cost > 0n
    ? `The alarm cost ${owner} ${grouped(cost)} credits beside what sharing moves, and paid them to those whose meters fit.`
    : `The alarm cost ${owner} nothing: its other meters fitted well (J ${objective!.toFixed(1)}, τ ${threshold!.toFixed(1)}).`;
}

function describeRefusals({ slot, refusals, settledBy }: SlotOutcome): string[] {
  return refusals.map(({ by, error, bus, shiftRad, overStatement, allowed }) => {
    const figures =
      overStatement === undefined || allowed === undefined
        ? ""
        : `: it over-states J by up to ${overStatement.toPrecision(3)}, and ${allowed.toPrecision(3)} is allowed`;
    return (
      `In slot ${slot} the worker of ${by} submitted an estimate that is ${shiftRad} rad off at bus ${bus}; ` +
      `the contract refused it with ${error}${figures}. The worker of ${settledBy} then settled the slot honestly.`
    );
  });
}

/** An alarm without a false value. */
function describeChance({ falseAlarm }: DemoResult, outcome: SlotOutcome): string[] {
  const { slot, falsification, objective, threshold, complete } = outcome;
  if (falsification !== undefined || objective === undefined || threshold === undefined) return [];
  if (objective <= threshold) return [];
  const effect = complete ? "the ledger cannot know that, and moved credits" : "as advice, it moved nothing";
  return [
    `In slot ${slot} J = ${objective.toFixed(1)} is above τ = ${threshold.toFixed(1)} by chance: nobody falsified anything, ` +
      `but with α = ${falseAlarm * 100} % one honest slot in ${Math.round(1 / falseAlarm)} raises the alarm; ${effect}.`,
  ];
}

function describeMoves({ operators }: DemoResult, { moved }: SlotOutcome): string {
  if (moved.length > 8) {
    const gained = moved.reduce((sum, some) => (some > 0n ? sum + some : sum), 0n);
    return `Credits moved: ${grouped(gained)} in all.`;
  }
  return `Credits moved: ${listed(operators.map(({ name }, seat) => `${name} ${change(moved[seat]!)}`))}.`;
}

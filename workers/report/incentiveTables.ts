import type { CoalitionFigures } from "../incentives/describeCoalition.js";
import type { CreditEvolution, LossPoint } from "../incentives/evolveCredits.js";
import type { IncentiveAnalysis } from "../incentives/analyseIncentives.js";
import type { JoinDecision } from "../incentives/decideToJoin.js";
import type { SecurityFigures } from "../incentives/securityFigures.js";
import type { ProtocolWithholding } from "../incentives/withholding.js";
import type { WithholdingBounds } from "../incentives/withholdingBounds.js";
import { grouped, significant } from "./number.js";
import { type Column, right } from "./table.js";

/** A table for the terminal and for a page alike. */
export interface TextTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows of coalitions and of compromised sets; there can be thousands. */
export const MOST_ROWS = 40;
/** Names in a cell, before the rest is counted. */
const MOST_NAMES = 6;

/** Expected gains, thresholds and shares by operator. */
export function gainTable({ operators, slots }: Pick<IncentiveAnalysis, "operators" | "slots">): TextTable {
  return {
    columns: [
      { head: "operator" },
      ...rights(
        "meters",
        "expected gain",
        "own rewards",
        "own missing",
        "others' rewards",
        "others' missing",
      ),
      ...rights("anomaly", `played, ${slots} slots`, "registering pays below ε"),
    ],
    rows: operators.map((operator) => [
      operator.name,
      grouped(operator.meters),
      signed(operator.expectedGain),
      signed(operator.terms.ownRewards),
      signed(operator.terms.ownMissing),
      signed(operator.terms.otherRewards),
      signed(operator.terms.otherMissing),
      signed(operator.terms.anomaly, 2),
      operator.simulatedGain === null
        ? "-"
        : `${signed(operator.simulatedGain)} ± ${grouped(Math.round(operator.standardError!))}`,
      operator.registrationThreshold.toFixed(6),
    ]),
  };
}

/** What departing alone brings. */
export function deviationTable({ deviations }: Pick<IncentiveAnalysis, "deviations">): TextTable {
  return {
    columns: [
      { head: "operator" },
      { head: "departs" },
      ...rights("change a slot", "corollary"),
      { head: "pays" },
    ],
    rows: deviations.map(({ operator, what, change, standardError, corollary, pays }) => [
      operator,
      what,
      `${signed(change)} ± ${grouped(Math.round(standardError))}`,
      String(corollary),
      yes(pays),
    ]),
  };
}

/** The conditions of Corollaries 2 and 3 by size of the coalition. */
export function boundsTable(bounds: readonly WithholdingBounds[]): TextTable {
  return {
    columns: [
      ...rights("coalition of", "withholding pays above a charge of", "most charge, A"),
      { head: "sharing always pays" },
      ...rights("blocking brings, per value"),
    ],
    rows: bounds.map((bound) => [
      String(bound.coalition),
      grouped(Math.round(bound.withholdAbove)),
      grouped(Math.round(bound.mostCharge)),
      yes(bound.sharingAlwaysPays),
      grouped(Math.round(bound.blockingPerValue)),
    ]),
  };
}

/** What distorting brings each coalition; of many those that gain the most. */
export function coalitionTable(coalitions: readonly CoalitionFigures[]): TextTable {
  const shown =
    coalitions.length <= MOST_ROWS
      ? coalitions
      : coalitions.toSorted((a, b) => b.distortionGain - a.distortionGain).slice(0, MOST_ROWS);
  return {
    columns: [
      { head: "coalition" },
      ...rights("|M_o|/|M|", "λ", "gain a slot"),
      { head: "hidden attack, buses" },
      { head: "shown, if others had or doubled" },
    ],
    rows: shown.map(({ members, meterShare, lambda, distortionGain, hiddenAttack, exposingMeters }) => [
      members.join(", "),
      meterShare.toFixed(4),
      significant(lambda, 4),
      signed(distortionGain),
      hiddenAttack === null ? "none" : `at ${some(Object.keys(hiddenAttack.angles))}`,
      some(exposingMeters),
    ]),
  };
}

/** FDI security of compromised operators; of many the smallest sets. */
export function securityTable(security: readonly SecurityFigures[]): TextTable {
  const shown = security.toSorted((a, b) => a.compromised.length - b.compromised.length).slice(0, MOST_ROWS);
  return {
    columns: [{ head: "compromised" }, { head: "secure" }, { head: "exposed sensitive buses" }],
    rows: shown.map(({ compromised, secure, exposed }) => [
      compromised.join(", "),
      yes(secure),
      some(exposed),
    ]),
  };
}

/** What coalitions of validators can withhold under one protocol. */
export function withholdingTable({ coalitions }: ProtocolWithholding): TextTable {
  return {
    columns: [
      ...rights("coalition of", "blocks in a row", "seconds", "T, slots"),
      { head: "our T defeats it" },
    ],
    rows: coalitions.map(({ coalition, blocks, seconds, cutOffSlots, defeated }) => [
      String(coalition),
      blocks === null ? "no bound" : String(blocks),
      seconds === null ? "no bound" : significant(seconds),
      cutOffSlots === null ? "none" : String(cutOffSlots),
      yes(defeated),
    ]),
  };
}

/** Appendix C's operators. */
export function evolutionTable({ operators, played }: CreditEvolution): TextTable {
  return {
    columns: [
      { head: "operator" },
      ...rights("meters", "gain a slot", "runs out after", "standard deviation", "days", "played"),
    ],
    rows: operators.map(({ name, meters, gain, slots, deviation, days }, i) => [
      name,
      grouped(meters),
      signed(gain),
      slots === undefined ? "never" : `${grouped(Math.round(slots))} slots`,
      deviation === undefined ? "" : grouped(Math.round(deviation)),
      days === undefined ? "" : days.toFixed(1),
      played.expelled === i ? `${grouped(played.slots)} slots` : "",
    ]),
  };
}

/** Points of a figure that were also played: expected and played losses by operator. */
export function lossTable(names: readonly string[], points: readonly LossPoint[]): TextTable {
  return {
    columns: rights("ε", ...names.flatMap((name) => [name, "played"])),
    rows: points.flatMap(({ epsilon, expected, simulated }) =>
      simulated === undefined
        ? []
        : [[significant(epsilon), ...expected.flatMap((loss, i) => [signed(loss), signed(simulated[i]!)])]],
    ),
  };
}

/** What joining does about each scenario. */
export function joinTable({ scenarios, currency }: JoinDecision): TextTable {
  return {
    columns: [
      { head: "scenario" },
      ...rights("likelihood a slot"),
      { head: "detected alone" },
      { head: "together" },
      ...rights(`cost alone, ${currency} a slot`, "together", "saved"),
    ],
    rows: scenarios.map((scenario, i) => [
      `${i + 1}. ${scenario.name}`,
      significant(scenario.likelihoodPerSlot, 3),
      yes(scenario.detectableAlone),
      yes(scenario.detectableTogether),
      significant(scenario.costAlone, 4),
      significant(scenario.costTogether, 4),
      significant(scenario.costAlone - scenario.costTogether, 4),
    ]),
  };
}

function rights(...heads: string[]): Column[] {
  return heads.map(right);
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}

/** A whole number, or one with decimals where it is small, with its sign. */
function signed(value: number, decimals = 0): string {
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  const zero = Number(text.replaceAll(",", "")) === 0;
  return `${zero ? "" : value < 0 ? "-" : "+"}${text}`;
}

function some(names: readonly (string | number)[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

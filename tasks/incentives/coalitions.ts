import { writeFileSync } from "node:fs";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import { allCoalitions } from "../../workers/incentives/allCoalitions.js";
import { coalitionGain } from "../../workers/incentives/coalitionGain.js";
import { type CoalitionFigures, describeCoalition } from "../../workers/incentives/describeCoalition.js";
import { distortionProgram } from "../../workers/incentives/distortionProgram.js";
import { writeAttackCsv } from "../../workers/incentives/writeAttackCsv.js";
import { coalitionsReport } from "../../workers/report/coalitionsReport.js";
import { grouped, significant } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { counting } from "../support/counting.js";
import { listed } from "../support/listed.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type OwnedArguments, type OwnedCase, openOwned, parts, seatsOf } from "./openOwned.js";

interface Arguments extends OwnedArguments {
  readonly members: string | undefined;
  readonly attacked: string | undefined;
  readonly anomalyPenalty: string | undefined;
  readonly out: string | undefined;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** `incentives coalitions`: what coalitions can gain by distorting values, and what they can hide. */
export default userTask<Arguments>(async (args) => {
  const { members, attacked, out, report: page, json } = args;
  if (members === undefined && (attacked !== undefined || out !== undefined))
    throw new UserError(
      `--${attacked === undefined ? "out" : "attacked"}: name the coalition with --members`,
    );
  const opened = openOwned(args);
  const { incentive, grid, plan } = opened;
  const usual = Number(demoTerms(Math.max(incentive.operators.length, 2)).terms.anomalyPenalty);
  const penalty = args.anomalyPenalty === undefined ? usual : Number(args.anomalyPenalty);
  if (!(penalty > 0 && penalty < Infinity))
    throw new UserError(`--anomaly-penalty ${args.anomalyPenalty}: expected a number above 0`);

  if (members !== undefined && attacked !== undefined) {
    program(opened, seatsOf(incentive, "--members", members), attacked, penalty, args);
    return;
  }
  const seats =
    members === undefined
      ? allCoalitions(incentive.operators.length)
      : [seatsOf(incentive, "--members", members)];
  const count = seats.length > 30 ? counting("coalitions") : undefined;
  const coalitions = seats.map((coalition, k) => {
    const gain = coalitionGain(incentive, coalition, penalty);
    count?.(k + 1, seats.length);
    return describeCoalition(incentive, gain);
  });
  const operators = incentive.operators.map(({ name }) => name);
  const result = { case: grid.name, anomalyPenalty: penalty, operators, coalitions };
  report(json, result, asText(coalitions, members !== undefined));
  if (out !== undefined) writeFileSync(userPath(out), writeAttackCsv(plan.meters, coalitions[0]!));
  if (page !== undefined) writeFileSync(userPath(page), coalitionsReport(result));
});

/** The paper's program for a coalition that attacks some set of meters. */
function program(
  { incentive, grid, plan }: OwnedCase,
  seats: readonly number[],
  attacked: string,
  penalty: number,
  { out, report: page, json }: Arguments,
): void {
  if (page !== undefined)
    throw new UserError("--report: a page is made of coalitions that attack their own meters");
  const rowOf = new Map(incentive.meterNames.map((name, row) => [name, row]));
  const rows = parts(attacked).map((name) => {
    const row = rowOf.get(name);
    if (row === undefined) throw new UserError(`--attacked: there is no meter "${name}"`);
    return row;
  });
  const { distortion, ...found } = distortionProgram(incentive, seats, rows, penalty);
  const attack = Object.fromEntries(rows.map((row) => [incentive.meterNames[row]!, distortion[row]!]));
  const members = seats.map((seat) => incentive.operators[seat]!.name);
  const share = found.gain / penalty + found.lambda;
  const text = [
    table(
      [{ head: "members" }, { head: "attacked", align: "right" }, ...gainColumns],
      [[members.join(", "), rows.length, ...gainCells(share, found.lambda, found.gain)]],
    ),
    found.feasible
      ? "The coalition can gain: the paper's program has a solution below zero."
      : "The coalition cannot gain: the paper's program has no solution below zero.",
  ].join("\n");
  report(json, { case: grid.name, anomalyPenalty: penalty, members, ...found, attack }, text);
  if (out !== undefined)
    writeFileSync(userPath(out), writeAttackCsv(plan.meters, { attack, hiddenAttack: null }));
}

const gainColumns = ["share of meters", "λ", "best gain\ncredits a slot"].map((head) => ({
  head,
  align: "right" as const,
}));

function gainCells(share: number, lambda: number, gain: number): string[] {
  return [significant(share, 4), significant(lambda, 4), grouped(Number(gain.toFixed(1)))];
}

function asText(coalitions: readonly CoalitionFigures[], single: boolean): string {
  const rows = coalitions.map(
    ({ members, meterShare, lambda, distortionGain, hiddenAttack, exposingMeters }) => [
      members.join(", "),
      ...gainCells(meterShare, lambda, distortionGain),
      hiddenAttack === null ? "none" : hiddenText(Object.keys(hiddenAttack.angles)),
      exposingMeters.length,
    ],
  );
  const columns = [
    { head: "members" },
    ...gainColumns,
    { head: "hidden attack" },
    { head: "meters that\nwould show it", align: "right" as const },
  ];
  const lines = [
    table(columns, rows),
    "Gain: with exact values elsewhere, of the best distortion of any size. None where it is negative: then no distortion pays.",
  ];
  if (single) {
    const { attack, exposingMeters } = coalitions[0]!;
    const largest = Object.entries(attack)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .slice(0, 10)
      .map(([meter, value]) => [meter, significant(value, 6)]);
    if (largest.length > 0)
      lines.push(
        "The best distortion, at ten times the alarm threshold; its largest entries:",
        table([{ head: "meter" }, { head: "added", align: "right" }], largest),
      );
    if (exposingMeters.length > 0)
      lines.push(
        `Nothing could be hidden if others owned or doubled ${listed("meter", "meters", exposingMeters)}.`,
      );
  }
  return lines.join("\n");
}

function hiddenText(buses: readonly string[]): string {
  return buses.length > 3 ? `${buses.length} buses` : `bus ${buses.join(", ")}`;
}

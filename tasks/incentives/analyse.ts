import { writeFileSync } from "node:fs";
import { analyseIncentives } from "../../workers/incentives/analyseIncentives.js";
import { defaultSensitiveBuses } from "../../workers/incentives/defaultSensitiveBuses.js";
import { incentiveReport } from "../../workers/report/incentiveReport.js";
import {
  MOST_ROWS,
  boundsTable,
  coalitionTable,
  deviationTable,
  gainTable,
  securityTable,
  withholdingTable,
} from "../../workers/report/incentiveTables.js";
import { grouped } from "../../workers/report/number.js";
import { counting } from "../support/counting.js";
import { report } from "../support/report.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type ChainArguments, chainInput } from "./chainInput.js";
import { type TermsArguments, between, busNumbers, openIncentives, openTerms } from "./openIncentives.js";
import type { OwnedArguments } from "./openOwned.js";
import { tableText } from "./tableText.js";

interface Arguments extends OwnedArguments, TermsArguments, ChainArguments {
  readonly sensitiveBuses: string | undefined;
  readonly slots: number;
  readonly seed: number;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** `incentives analyse`: everything. */
export default userTask<Arguments>(async (args) => {
  between("--slots", args.slots, 0, 10_000_000);
  const { grid, incentive: model } = openIncentives(args);
  const { terms, epsilon, falseAlarm } = openTerms(args, model.operators.length);
  const named = args.sensitiveBuses;
  const count = { deviations: counting("deviations"), coalitions: counting("coalitions") };
  const analysis = analyseIncentives({
    model,
    references: grid.buses.filter(({ reference }) => reference).map(({ number }) => number),
    terms,
    epsilon,
    falseAlarm,
    sensitiveBuses:
      named === undefined ? defaultSensitiveBuses(grid) : busNumbers("--sensitive-buses", named),
    chain: chainInput(args, model.operators.length),
    slots: args.slots,
    seed: args.seed,
    onProgress: (what, done, of) => count[what](done, of),
  });
  const text = [
    `${grid.name}, ${model.operators.length} operators, ${model.meterNames.length} meters`,
    tableText("Expected gain, credits a slot", gainTable(analysis)),
    ...(analysis.deviations.length === 0
      ? []
      : [tableText("Departing from the protocol alone, on the same slots", deviationTable(analysis))]),
    tableText("Withholding and blocking", boundsTable(analysis.bounds)),
    tableText(`Distorting${cut(analysis.coalitions, "that gain most")}`, coalitionTable(analysis.coalitions)),
    tableText(
      `False data at the sensitive buses ${analysis.sensitiveBuses.join(", ")}${cut(analysis.security, "smallest sets")}`,
      securityTable(analysis.security),
    ),
    tableText("Blocks withheld, Clique", withholdingTable(analysis.withholding.clique)),
    tableText("Blocks withheld, BFT with leaders in turn", withholdingTable(analysis.withholding.bft)),
  ].join("\n\n");
  report(args.json, { case: grid.name, ...analysis }, text);
  if (args.report !== undefined)
    writeFileSync(userPath(args.report), incentiveReport(`Incentives on ${grid.name}`, analysis));
});

/** Says so where a table shows some of its rows. */
function cut(rows: readonly unknown[], which: string): string {
  return rows.length > MOST_ROWS ? `, the ${MOST_ROWS} ${which} of ${grouped(rows.length)}` : "";
}

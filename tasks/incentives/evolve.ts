import { writeFileSync } from "node:fs";
import { evolveCredits } from "../../workers/incentives/evolveCredits.js";
import { germanExample } from "../../workers/incentives/germanExample.js";
import { evolutionReport, valuesNote } from "../../workers/report/evolutionReport.js";
import { evolutionTable, lossTable } from "../../workers/report/incentiveTables.js";
import { significant } from "../../workers/report/number.js";
import { counting } from "../support/counting.js";
import { report } from "../support/report.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { between } from "./openIncentives.js";
import { tableText } from "./tableText.js";

interface Arguments {
  readonly slots: number;
  readonly seed: number;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** Slots of each point of the two figures. */
const SLOTS_PER_POINT = 20_000;

/** `incentives evolve`: Appendix C. */
export default userTask<Arguments>(async ({ slots, seed, report: page, json }) => {
  between("--slots", slots, 1, 100_000_000);
  const evolution = evolveCredits(germanExample, {
    seed,
    slotsPerPoint: SLOTS_PER_POINT,
    mostSlots: slots,
    onProgress: counting("slots"),
  });
  const names = evolution.operators.map(({ name }) => name);
  const turns =
    `Meters are a liability above ε = ${significant(evolution.threshold)}; TSO 1 is better off with a single meter above ` +
    `${significant(evolution.singleMeterAbove)}, and the smallest gains above ${significant(evolution.smallestGainsAbove ?? NaN)}.`;
  const text = [
    valuesNote,
    tableText("Operators", evolutionTable(evolution)),
    tableText("Credits lost a slot against ε, the same for all (figure 7a)", lossTable(names, evolution.all)),
    tableText("Credits lost a slot against ε of TSO 1 (figure 7b)", lossTable(names, evolution.varied)),
    turns,
  ].join("\n\n");
  report(json, { note: valuesNote, ...evolution }, text);
  if (page !== undefined) writeFileSync(userPath(page), evolutionReport(evolution));
});

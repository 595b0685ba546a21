import { writeFileSync } from "node:fs";
import { chiSquareThreshold } from "../../workers/estimation/chiSquareThreshold.js";
import { deviations } from "../../workers/incentives/deviations.js";
import { gainCurves } from "../../workers/incentives/gainCurves.js";
import { operatorGains } from "../../workers/incentives/operatorGains.js";
import { simulateSlots } from "../../workers/incentives/simulateSlots.js";
import { withholdingBounds } from "../../workers/incentives/withholdingBounds.js";
import { gainSections } from "../../workers/report/gainSections.js";
import { htmlPage } from "../../workers/report/htmlPage.js";
import { boundsTable, deviationTable, gainTable } from "../../workers/report/incentiveTables.js";
import { counting } from "../support/counting.js";
import { report } from "../support/report.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type TermsArguments, between, openIncentives, openTerms } from "./openIncentives.js";
import type { OwnedArguments } from "./openOwned.js";
import { tableText } from "./tableText.js";

interface Arguments extends OwnedArguments, TermsArguments {
  readonly slots: number;
  readonly seed: number;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** `incentives gain`: Appendix D and Corollaries 1 to 3. */
export default userTask<Arguments>(async (args) => {
  const { slots, seed } = args;
  between("--slots", slots, 0, 10_000_000);
  const { grid, incentive: model } = openIncentives(args);
  const { terms, epsilon, falseAlarm } = openTerms(args, model.operators.length);
  const offline = model.meterNames.map(() => epsilon);
  const { operators, thresholds } = operatorGains(model, offline, terms, falseAlarm);
  const simulation = {
    model,
    offline,
    terms,
    threshold: (freedom: number) => chiSquareThreshold(freedom, falseAlarm),
    slots,
    seed,
  };
  const played = slots === 0 ? undefined : simulateSlots(simulation);
  const found = slots === 0 ? [] : deviations(simulation, counting("deviations"));
  const gains = operators.map((operator, seat) => ({
    ...operator,
    simulatedGain: played?.mean[seat] ?? null,
    standardError: played?.standardError[seat] ?? null,
  }));
  const named = found.map((deviation) => ({ ...deviation, operator: operators[deviation.seat]!.name }));
  const bounds = withholdingBounds(terms, operators.length);
  const text = [
    tableText("Expected gain, credits a slot", gainTable({ operators: gains, slots })),
    ...(named.length === 0
      ? []
      : [
          tableText(
            "Departing from the protocol alone, on the same slots",
            deviationTable({ deviations: named }),
          ),
        ]),
    tableText("Withholding and blocking", boundsTable(bounds)),
  ].join("\n\n");
  const curves = gainCurves(model, terms, falseAlarm);
  report(
    args.json,
    {
      operators: gains,
      curves,
      thresholds,
      deviations: named,
      bounds,
      terms,
      epsilon,
      falseAlarm,
      slots,
      seed,
    },
    text,
  );
  if (args.report !== undefined) {
    const sections = gainSections({ operators: gains, deviations: named, bounds, slots, terms, curves });
    writeFileSync(userPath(args.report), htmlPage(`Gains on ${grid.name}`, "", sections, ""));
  }
});

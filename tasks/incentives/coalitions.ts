import { coalitionFigures } from "../../workers/incentives/coalitionFigures.js";
import { coalitionTable } from "../../workers/report/incentiveTables.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { counted } from "./counted.js";
import { type GridArguments, openIncentives, openTerms } from "./openIncentives.js";
import { tableText } from "./tableText.js";

interface Arguments extends GridArguments {
  readonly anomalyPenalty: string | undefined;
  readonly json: string | undefined;
}

/** `incentives coalitions`: Corollary 4 and Theorem 3. */
export default userTask<Arguments>(async (args) => {
  const { model } = openIncentives(args);
  const { anomalyPenalty } = args;
  const given = { reward: undefined, missingPenalty: undefined, anomalyPenalty, epsilon: 0, falseAlarm: 0.5 };
  const { terms } = openTerms(given, model.operators.length);
  const coalitions = coalitionFigures(model, Number(terms.anomalyPenalty), (done, of) =>
    counted("coalitions", done, of),
  );
  report(
    args.json,
    { anomalyPenalty: terms.anomalyPenalty, coalitions },
    tableText("Distorting", coalitionTable(coalitions)),
  );
});

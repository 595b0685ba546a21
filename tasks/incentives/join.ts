import { writeFileSync } from "node:fs";
import { readTextFile } from "../../workers/grid/readTextFile.js";
import { decideToJoin } from "../../workers/incentives/decideToJoin.js";
import { exampleScenarios } from "../../workers/incentives/exampleScenarios.js";
import { operatorGains } from "../../workers/incentives/operatorGains.js";
import { readScenarios } from "../../workers/incentives/scenarios.js";
import { joinTable } from "../../workers/report/incentiveTables.js";
import { joinReport } from "../../workers/report/joinReport.js";
import { significant } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type TermsArguments, openIncentives, openTerms } from "./openIncentives.js";
import type { OwnedArguments } from "./openOwned.js";
import { tableText } from "./tableText.js";

interface Arguments extends OwnedArguments, TermsArguments {
  readonly scenarios: string | undefined;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** `incentives join`: the decision of section 6.1. */
export default userTask<Arguments>(async (args) => {
  const file = args.scenarios;
  const given =
    file === undefined ? exampleScenarios : readScenarios(readTextFile(userPath(file)), userPath(file));
  const decision = decideToJoin(given, given.creditChangePerSlot ?? expected(args, given.operator));
  const { currency, creditChange, creditValue, saved, net, netPerYear, join, breakEvenPrice } = decision;
  const text = [
    ...(given.description === "" ? [] : [given.description]),
    tableText(`Scenarios of ${given.operator}`, joinTable(decision)),
    facts([
      ["expected change of credits a slot", significant(creditChange)],
      [`worth, ${currency} a slot`, significant(creditValue)],
      [`attacks cost less, ${currency} a slot`, significant(saved)],
      [`together, ${currency} a slot`, significant(net)],
      [`together, ${currency} a year`, significant(netPerYear)],
      ["pays below a credit's price of", breakEvenPrice === undefined ? "any" : significant(breakEvenPrice)],
      ["should join", join],
    ]),
  ].join("\n\n");
  if (args.report !== undefined)
    writeFileSync(userPath(args.report), joinReport(given.description, decision));
  report(args.json, { description: given.description, ...decision }, text);
});

/** What the operator is expected to gain on the case. */
function expected(args: Arguments, name: string): number {
  const { incentive: model } = openIncentives(args);
  const seat = model.operators.findIndex((operator) => operator.name === name);
  if (seat === -1) {
    const names = model.operators.map((operator) => operator.name).join(", ");
    throw new UserError(
      `no operator ${name} on this case, only ${names}: set creditChangePerSlot in the scenarios`,
    );
  }
  const { terms, epsilon, falseAlarm } = openTerms(args, model.operators.length);
  const offline = model.meterNames.map(() => epsilon);
  return operatorGains(model, offline, terms, falseAlarm).operators[seat]!.expectedGain;
}

import { writeFileSync } from "node:fs";
import { withholding } from "../../workers/incentives/withholding.js";
import { htmlPage } from "../../workers/report/htmlPage.js";
import { withholdingTable } from "../../workers/report/incentiveTables.js";
import { withholdingSection } from "../../workers/report/withholdingSection.js";
import { report } from "../support/report.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type ChainArguments, chainInput } from "./chainInput.js";
import { between } from "./openIncentives.js";
import { tableText } from "./tableText.js";

interface Arguments extends ChainArguments {
  readonly validators: number;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

/** `incentives withholding`: Appendix E. */
export default userTask<Arguments>(async (args) => {
  between("--validators", args.validators, 1, 1_000);
  const found = withholding(chainInput(args, args.validators));
  const text = [
    tableText("Clique", withholdingTable(found.clique)),
    tableText("BFT with leaders in turn", withholdingTable(found.bft)),
  ].join("\n\n");
  report(args.json, found, text);
  if (args.report !== undefined) {
    const page = htmlPage("What validators can withhold", "", [withholdingSection(found)], "");
    writeFileSync(userPath(args.report), page);
  }
});

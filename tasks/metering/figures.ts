import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { framing } from "../../bench/metering/framing.js";
import { openHouseholds } from "../../bench/metering/households.js";
import { meterStorage } from "../../bench/metering/meterStorage.js";
import {
  COMPARED,
  COMPARED_BITS,
  PAPER_PARTS,
  PAPER_STORAGE,
  PAPER_TOTALS,
} from "../../bench/metering/paperCosts.js";
import { reportTimes } from "../../bench/metering/reportTimes.js";
import { paperReportBits, reportBits } from "../../workers/metering/report/reportBits.js";
import { machine } from "../../bench/machine.js";
import { figuresMarkdown, figuresText } from "../support/figures.js";
import {
  type MeteringFigures,
  meteringFigureTables,
  meteringFigureWords,
} from "../support/meteringFigureTables.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly folder: string | undefined;
  readonly readings: number;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

const FEWEST = 200;

/** `metering figures`: what a report and a meter take, beside the paper's figures. */
export default userTask<Arguments>(async ({ folder, readings, markdown, json }, hre) => {
  if (readings < FEWEST) throw new UserError(`--readings ${readings}: expected at least ${FEWEST}`);
  const where =
    folder === undefined ? join(hre.config.paths.root, "..", "shared", "data", "london") : userPath(folder);
  const { real, households } = openHouseholds(where, PAPER_TOTALS.length, readings);
  const { readingsBeside, ...storage } = meterStorage();
  const found: MeteringFigures = {
    machine: machine(),
    data: real ? "London" : "plausible",
    bits: { own: reportBits(), paper: paperReportBits() },
    storage: { ...storage, paper: PAPER_STORAGE, readingsBeside: readingsBeside(PAPER_STORAGE.most) },
    times: households.map(reportTimes),
    paperTimes: { totals: PAPER_TOTALS, parts: PAPER_PARTS },
    compared: { works: COMPARED, bitsAsListed: COMPARED_BITS },
    framing: framing(households.length),
  };
  const tables = meteringFigureTables(found);
  const words = meteringFigureWords(found);
  report(json, found, [...tables.map(figuresText), ...words].join("\n"));
  if (markdown === undefined) return;
  const page = [
    "# What a report and a meter take",
    "",
    "Written by `./gridproof metering figures --markdown docs/metering-figures.md`. Paper: 002 (BC-AMI), sections 5.3 and 5.5.",
    "",
    ...words.map((sentence) => `- ${sentence}`),
    "",
    ...tables.flatMap(figuresMarkdown),
  ];
  writeFileSync(userPath(markdown), page.join("\n"));
});

import { writeFileSync } from "node:fs";
import { machine } from "../../bench/machine.js";
import { meteringBench } from "../../bench/metering/meteringBench.js";
import { findGeth } from "../../workers/devnet/findGeth.js";
import { deployOwn } from "../support/deployOwn.js";
import { figuresMarkdown, figuresText } from "../support/figures.js";
import { meteringBenchTables, meteringBenchWords } from "../support/meteringBenchTables.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly meters: number;
  readonly rate: number;
  readonly seconds: number;
  readonly batchReports: number;
  readonly soak: boolean;
  readonly seed: number;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

const VALIDATORS = 4;
const GAS_LIMIT = 60_000_000;
/** What a soak takes if nothing else is said: ten minutes of a load under which all can be made good. */
const SOAK = { rate: 50, seconds: 600 };
const USUAL = { rate: 500, seconds: 60 };

/** `bench metering`: reports from MQTT to decrypted row on a fresh network of its own; with `--soak`, under kills. */
export default userTask<Arguments>(async (args, hre) => {
  const { meters, batchReports, soak, seed, markdown, json } = args;
  const usual = soak ? SOAK : USUAL;
  const rate = args.rate || usual.rate;
  const seconds = args.seconds || usual.seconds;
  for (const [name, value, least] of [
    ["meters", meters, 1],
    ["rate", rate, 1],
    ["seconds", seconds, 5],
    ["batch-reports", batchReports, 1],
  ] as const) {
    if (value < least) throw new UserError(`--${name} ${value}: expected at least ${least}`);
  }
  let last = "";
  const note = (text: string): void => {
    if (text !== last) process.stderr.write(`${text}\n`);
    last = text;
  };
  const found = await meteringBench(
    await findGeth(process.env, note),
    {
      meters,
      rate,
      seconds,
      batchReports,
      validators: VALIDATORS,
      gasLimit: GAS_LIMIT,
      killSeed: soak ? seed : undefined,
    },
    deployOwn(hre),
    note,
  );
  const tables = meteringBenchTables(found);
  const words = meteringBenchWords(found, machine());
  report(json, { machine: machine(), ...found }, [...tables.map(figuresText), ...words].join("\n"));
  if (markdown !== undefined) {
    const page = [
      "# What household metering takes",
      "",
      "Written by `./gridproof bench metering --markdown docs/metering-bench.md`.",
      "",
      ...words.map((sentence) => `- ${sentence}`),
      "",
      ...tables.flatMap(figuresMarkdown),
    ];
    writeFileSync(userPath(markdown), page.join("\n"));
  }
  if (found.lost > 0 || found.doubled > 0)
    throw new UserError(`${found.lost} readings were lost, ${found.doubled} doubled`);
});

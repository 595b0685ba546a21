import { writeFileSync } from "node:fs";
import { devnetBench } from "../../bench/devnet/devnetBench.js";
import { syntheticCase } from "../../bench/devnet/syntheticCase.js";
import { machine } from "../../bench/machine.js";
import { findGeth } from "../../workers/devnet/findGeth.js";
import { openCase } from "../../workers/grid/openCase.js";
import { table } from "../../workers/report/table.js";
import { deployOwn } from "../support/deployOwn.js";
import { devnetBenchMarkdown } from "../support/devnetBenchMarkdown.js";
import { devnetBenchTables, devnetBenchWords } from "../support/devnetBenchTables.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly case: string | undefined;
  readonly meters: number;
  readonly operators: number;
  readonly slots: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly gasLimit: number;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

/** Buses of a drawn grid for each meter: the rest of the meters sit on lines. */
const BUSES_PER_METER = 0.4;
const MOST_OPERATORS = 20;

/** `bench devnet`: what a fresh network of its own takes. */
export default userTask<Arguments>(async (args, hre) => {
  const { meters, operators, slots, seconds, rounds, gasLimit } = args;
  for (const [name, value, least] of [
    ["meters", meters, 20],
    ["operators", operators, 2],
    ["slots", slots, 1],
    ["seconds", seconds, 5],
    ["rounds", rounds, 1],
  ] as const) {
    if (value < least) throw new UserError(`--${name} ${value}: expected at least ${least}`);
  }
  // Ports for more do not fit below that of the keeper's health.
  if (operators > MOST_OPERATORS)
    throw new UserError(`--operators ${operators}: expected at most ${MOST_OPERATORS}`);
  const gridCase =
    args.case === undefined
      ? syntheticCase(Math.round(BUSES_PER_METER * meters))
      : openCase(args.case, userPath);
  const note = changed((text) => void process.stderr.write(`${text}\n`));
  const found = await devnetBench(
    await findGeth(process.env, note),
    {
      network: { validators: operators, blockPeriodSeconds: 1, gasLimit },
      gridCase,
      meters,
      slots,
      seconds,
      rounds,
    },
    deployOwn(hre),
    note,
  );
  const text = devnetBenchTables(found).map(({ title, heads, rows }) =>
    [title, table(columns(heads), rows)].join("\n"),
  );
  report(args.json, { machine: machine(), ...found }, [...text, ...devnetBenchWords(found)].join("\n"));
  if (args.markdown !== undefined)
    writeFileSync(userPath(args.markdown), devnetBenchMarkdown(found, machine()));
});

function columns(heads: readonly string[]) {
  return heads.map((head, i) => ({ head, align: i === 0 ? ("left" as const) : ("right" as const) }));
}

/** Passes on what differs from what was said last. */
function changed(note: (text: string) => void): (text: string) => void {
  let last = "";
  return (text) => {
    if (text !== last) note(text);
    last = text;
  };
}

import { ArgumentType } from "hardhat/types/arguments";
import type { NewTaskDefinition } from "hardhat/types/tasks";
import { tasks } from "./index.js";

/** Width to which descriptions are wrapped, columns. */
const WIDTH = 110;

/** The tasks that do something, with their arguments; those that only name a group are left out. */
const acting = tasks.filter(
  (definition): definition is NewTaskDefinition => "positionalArguments" in definition,
);

/* What `./gridproof` alone prints, every task with its one line, and `./gridproof TASK --help`. */
const words = process.argv.slice(2).filter((word) => word !== "--help" && word !== "-h" && word !== "help");
const named = acting.find(({ id }) => id.every((word, i) => words[i] === word));
const listed = acting.filter(({ id }) => words.every((word, i) => id[i] === word));
if (named !== undefined) print(helpOf(named));
else if (listed.length > 0) print(listOf(listed));
else {
  process.stderr.write(`gridproof: there is no task ${words.join(" ")}; ./gridproof lists them\n`);
  process.exitCode = 1;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Every task of a list with its one line. */
function listOf(definitions: readonly NewTaskDefinition[]): string[] {
  const lines = definitions.map((definition): [string, string] => [
    callOf(definition),
    definition.description,
  ]);
  if (definitions.length === acting.length) {
    lines.push(
      ["test", "Build, check and test the whole project"],
      ["node", "Serve the embedded network on port 8545, for --network local"],
    );
  }
  const width = Math.max(...lines.map(([call]) => call.length)) + 2;
  return [
    "GridProof: electricity metering on a private Ethereum chain, every number that moves credits checked by a contract",
    "",
    "Usage: ./gridproof TASK [ARGUMENTS] [--network NAME]",
    "",
    ...lines.map(([call, description]) => `  ${call.padEnd(width)}${description}`),
    "",
    "./gridproof TASK --help explains a task, its arguments and options.",
  ];
}

/** A task's line, how it is called, its arguments in their order and its options. */
function helpOf(definition: NewTaskDefinition): string[] {
  const { description, positionalArguments, options } = definition;
  const rows = [
    ...positionalArguments.map((argument): [string, string] => [
      placeholder(argument.name),
      withDefault(argument.description, argument.defaultValue),
    ]),
    ...Object.values(options)
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(({ name, type, description: what, defaultValue }): [string, string] => [
        `--${dashed(name)}${type === ArgumentType.FLAG ? "" : type === ArgumentType.INT ? " N" : " VALUE"}`,
        withDefault(what, type === ArgumentType.FLAG ? undefined : defaultValue),
      ]),
    [
      "--network NAME",
      "local: a node on port 8545; devnet: that of devnet up (default: HARDHAT_NETWORK, or embedded)",
    ] as [string, string],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [
    description,
    "",
    `Usage: ./gridproof ${callOf(definition)} [OPTIONS]`,
    "",
    ...rows.flatMap(([name, what]) =>
      wrapped(what, WIDTH - width).map((line, i) => `  ${(i === 0 ? name : "").padEnd(width)}${line}`),
    ),
  ];
}

function callOf({ id, positionalArguments }: NewTaskDefinition): string {
  const names = positionalArguments.map(({ name, defaultValue }) =>
    defaultValue === undefined ? placeholder(name) : `[${placeholder(name)}]`,
  );
  return [...id, ...names].join(" ");
}

function placeholder(name: string): string {
  return dashed(name).toUpperCase();
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/gu, "-$&").toLowerCase();
}

/** A description with the default, unless it says it itself. */
function withDefault(description: string, value: unknown): string {
  const shown = typeof value === "string" || typeof value === "number" ? String(value) : "";
  return shown === "" || description.includes("(default")
    ? description
    : `${description} (default: ${shown})`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1]!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

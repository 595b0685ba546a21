import { tasks } from "./index.js";

/** What `./gridproof` alone prints: every task that does something, with its one line. */
const lines = tasks.flatMap((definition) => {
  const { id, description } = definition;
  if (!("positionalArguments" in definition)) return [];
  const names = definition.positionalArguments.map(({ name, defaultValue }) => {
    const shown = name.replaceAll(/[A-Z]/g, "-$&").toUpperCase();
    return defaultValue === undefined ? shown : `[${shown}]`;
  });
  return [{ call: [...id, ...names].join(" "), description: description ?? "" }];
});
const width = Math.max(...lines.map(({ call }) => call.length)) + 2;

process.stdout.write(
  `${[
    "GridProof: electricity metering on a private Ethereum chain, every number that moves credits checked by a contract",
    "",
    "Usage: ./gridproof TASK [ARGUMENTS] [--network NAME]",
    "",
    ...lines.map(({ call, description }) => `  ${call.padEnd(width)}${description}`),
    `  ${"test".padEnd(width)}Build, check and test the whole project`,
    `  ${"node".padEnd(width)}Serve the embedded network on port 8545, for --network local`,
    "",
    "./gridproof TASK --help explains a task, its arguments and options.",
  ].join("\n")}\n`,
);

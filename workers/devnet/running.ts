import { layout } from "./layout.js";
import { hasArguments, processesOf } from "./processes.js";
import type { Network } from "./types.js";

/** What runs of a network, by process number. */
export interface Running {
  /** By validator. */
  readonly validators: ReadonlyMap<number, number>;
  /** The program beside the nodes. */
  readonly keeper: number | undefined;
  readonly all: readonly number[];
}

/** What runs of whatever network is in a folder, found without its description. */
export interface FoundRunning {
  readonly keeper: number | undefined;
  readonly all: readonly number[];
}

/** Looks for the processes of a network by its folder alone: those of validators that it no longer names, too. */
export async function runningIn(folder: string): Promise<FoundRunning> {
  const { root } = layout(folder);
  const keeper = `keeper/main.ts ${root}`;
  const found = await processesOf(
    (command) => hasArguments(command, keeper) || nodeArguments(`${root}/validator-`).some(begins(command)),
  );
  return {
    keeper: found.find(({ command }) => hasArguments(command, keeper))?.pid,
    all: found.map(({ pid }) => pid),
  };
}

/** Whether a number and nothing else follows a beginning somewhere in a command line. */
function begins(command: string): (start: string) => boolean {
  return (start) =>
    command
      .split(` ${start}`)
      .slice(1)
      .some((rest) => /^\d+(?: |$)/u.test(rest));
}

/** Looks for the processes of a network in the operating system's list. */
export async function runningOf(folder: string, network: Network): Promise<Running> {
  const at = layout(folder);
  const found = await processesOf([
    // Not by the folder alone: a task that is told it with --dir is none of the network's.
    `keeper/main.ts ${at.root}`,
    ...network.validators.flatMap(({ number }) => nodeArguments(at.validator(number).data)),
  ]);
  const pidOf = (...any: readonly string[]): number | undefined =>
    found.find(({ command }) => any.some((args) => hasArguments(command, args)))?.pid;
  const validators = new Map<number, number>();
  for (const { number } of network.validators) {
    const own = pidOf(...nodeArguments(at.validator(number).data));
    if (own !== undefined) validators.set(number, own);
  }
  return { validators, keeper: pidOf(`keeper/main.ts ${at.root}`), all: found.map(({ pid }) => pid) };
}

/** By which a node with a data folder is known, geth's or Besu's; not what copies that folder, say. */
function nodeArguments(data: string): string[] {
  return [`--datadir ${data}`, `--data-path ${data}`];
}

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

/** Looks for the processes of a network in the operating system's list. */
export async function runningOf(folder: string, network: Network): Promise<Running> {
  const at = layout(folder);
  const found = await processesOf([
    // Not by the folder alone: a task that is told it with --dir is none of the network's.
    `keeper/main.ts ${at.root}`,
    ...network.validators.map(({ number }) => at.validator(number).data),
  ]);
  const pidOf = (argument: string): number | undefined =>
    found.find(({ command }) => hasArguments(command, argument))?.pid;
  const validators = new Map<number, number>();
  for (const { number } of network.validators) {
    const own = pidOf(at.validator(number).data);
    if (own !== undefined) validators.set(number, own);
  }
  return { validators, keeper: pidOf(`keeper/main.ts ${at.root}`), all: found.map(({ pid }) => pid) };
}

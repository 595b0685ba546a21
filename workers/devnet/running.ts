import { layout } from "./layout.js";
import { processesOf } from "./processes.js";
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
    at.root,
    ...network.validators.map(({ number }) => at.validator(number).data),
  ]);
  const validators = new Map<number, number>();
  for (const { number } of network.validators) {
    const own = found.find(({ command }) => ` ${command} `.includes(` ${at.validator(number).data} `));
    if (own !== undefined) validators.set(number, own.pid);
  }
  const keeper = found.find(({ command }) => ` ${command} `.includes(` ${at.root} `))?.pid;
  return { validators, keeper, all: found.map(({ pid }) => pid) };
}

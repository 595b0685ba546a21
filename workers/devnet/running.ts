import { layout } from "./layout.js";
import { type Process, processesOf } from "./processes.js";
import type { Network } from "./types.js";

/** What runs of a network, by process number. */
export interface Running {
  /** By validator. */
  readonly validators: ReadonlyMap<number, number>;
  readonly gate: number | undefined;
  readonly all: readonly number[];
}

/** Looks for the processes of a network in the operating system's list. */
export async function runningOf(folder: string, network: Network): Promise<Running> {
  const at = layout(folder);
  const named = await processesOf([
    at.root,
    ...network.validators.map(({ number }) => at.validator(number).data),
  ]);
  // Nodes, and programs that were started for the network; not a shell, an editor or a task that only names the folder.
  const programs = named.filter((one) => /\/main\.[jt]s$/u.test(before(one, at.root)));
  const nodes = named.filter((one) =>
    network.validators.some(({ number }) => isNode(one, at.validator(number).data)),
  );
  const validators = new Map<number, number>();
  for (const { number } of network.validators) {
    const own = nodes.find((one) => isNode(one, at.validator(number).data));
    if (own !== undefined) validators.set(number, own.pid);
  }
  const gate = programs.find((one) => before(one, at.root).endsWith("gate/main.ts"))?.pid;
  return { validators, gate, all: [...nodes, ...programs].map(({ pid }) => pid) };
}

/** What a command has before an argument; empty if it does not have it. */
function before({ command }: Process, argument: string): string {
  const at = ` ${command} `.indexOf(` ${argument} `);
  return at < 1 ? "" : command.slice(0, at - 1);
}

/** Whether a process is the node with a data folder: geth's or Besu's. */
function isNode(process: Process, data: string): boolean {
  return (
    /--(?:datadir|data-path)$/u.test(before(process, data)) && !/ (?:attach|init) /u.test(process.command)
  );
}

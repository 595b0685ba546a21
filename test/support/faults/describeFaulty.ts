import { statusTable } from "../../../tasks/devnet/statusTable.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

const LINES = 25;
const WARNING = 40;

/** Writes how a network stands and what its workers warned of, after a test that failed. */
export async function describeFaulty(net: FaultNetwork): Promise<void> {
  const workers = net.workers.flatMap(({ logs, errors, running }, seat) => [
    `worker of seat ${seat}: ${running ? "runs" : `ended: ${errors}`}`,
    ...logs
      .filter(({ level }) => level >= WARNING)
      .slice(-LINES)
      .map((line) => JSON.stringify(line)),
  ]);
  process.stdout.write(`${[statusTable(await net.status()), ...workers].join("\n")}\n`);
}

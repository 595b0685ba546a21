import { statusTable } from "../../../tasks/devnet/statusTable.js";
import { lastLines } from "../../../workers/devnet/lastLines.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

const LINES = 25;
const WARNING = 40;
const LOOKED_AT = 2_000;
/** What a sealer writes whenever it is not its turn, and a node when a call reverts. */
const USUAL = /signed recently|Served eth_/u;

/** Writes how a network stands and what its workers and nodes warned of, after a test that failed. */
export async function describeFaulty(net: FaultNetwork): Promise<void> {
  const workers = net.workers.flatMap(({ logs, errors, running }, seat) => [
    `worker of seat ${seat}: ${running ? "runs" : `ended: ${errors}`}`,
    ...logs
      .filter(({ level }) => level >= WARNING)
      .slice(-LINES)
      .map((line) => JSON.stringify(line)),
  ]);
  const nodes = net.network.validators.flatMap(({ number, name }) => [
    `node of ${name}`,
    ...lastLines(net.at.validator(number).log, LOOKED_AT)
      .filter((line) => /^(?:WARN|ERROR|CRIT|panic)/u.test(line) && !USUAL.test(line))
      .slice(-LINES),
  ]);
  process.stdout.write(`${[statusTable(await net.status()), ...workers, ...nodes].join("\n")}\n`);
}

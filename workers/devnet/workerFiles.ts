import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Deployment } from "../chain/deploymentFile.js";
import { layout } from "./layout.js";
import { newestSealer } from "./sealerFor.js";
import type { Network } from "./types.js";
import { validatorUrl } from "./validatorUrl.js";

/**
 * Writes a configuration for the worker of each operator of a network that is a member: its own validator, its own keys, a
 * database of its own for this ledger. They lie beside the keystores, and are replaced by those of the next deployment. One
 * that is for this ledger already stays as its operator made it. An operator for whom no validator seals gets none: it has no
 * node to send through.
 *
 * @param members Accounts.
 * @returns The files.
 */
export function writeWorkerConfigurations(
  folder: string,
  network: Network,
  { chainId, fromBlock, contracts }: Deployment,
  members: readonly string[],
): string[] {
  const at = layout(folder);
  const accounts = new Set(members.map((account) => account.toLowerCase()));
  return network.operators.flatMap(({ address }, i) => {
    const number = i + 1;
    const validator = newestSealer(network, number);
    if (validator === undefined || !accounts.has(address.toLowerCase())) return [];
    const keystore = at.operatorKeystore(number);
    const file = join(dirname(keystore), `worker-${number}.json`);
    const configuration = {
      rpcUrl: validatorUrl(at, validator),
      chainId,
      fromBlock,
      contracts,
      database: `worker-${number}-${contracts.ledger.slice(2, 10).toLowerCase()}.sqlite`,
      keystore: basename(keystore),
      passwordFile: basename(at.operatorPassword(number)),
    };
    if (ledgerIn(file) === contracts.ledger) return [file];
    writeFileSync(file, `${JSON.stringify(configuration, undefined, 2)}\n`, { mode: 0o600 });
    return [file];
  });
}

/** The ledger that a configuration names; undefined if there is none that can be read. */
function ledgerIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { contracts } = JSON.parse(readFileSync(file, "utf8")) as { contracts?: { ledger?: string } };
    return contracts?.ledger;
  } catch {
    return undefined;
  }
}

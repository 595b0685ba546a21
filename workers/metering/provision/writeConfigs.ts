import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { MeteringDeployment } from "../chain/meteringDeployment.js";
import type { MeteringFiles } from "./layout.js";
import { writePrivate } from "./secretFiles.js";

/** What of the configurations is chosen. */
export interface ConfigChoices {
  readonly rpcUrl: string;
  /** The broker's port; concentrator and MDMS serve their metrics on the next two. */
  readonly port: number;
  /** Folder of household files that the meters replay; undefined: use is drawn. */
  readonly readings: string | undefined;
  /** How long ago the meters' time begins, s, and how fast it then goes. */
  readonly pastSeconds: number;
  readonly speed: number;
}

/** Writes the configurations that are not there yet. Files of the folder are named by their names alone. @returns those written. */
export function writeConfigs(
  files: MeteringFiles,
  { chainId, fromBlock, contracts, rules }: MeteringDeployment,
  { rpcUrl, port, readings, pastSeconds, speed }: ConfigChoices,
): string[] {
  const { metering } = contracts;
  const url = `mqtt://127.0.0.1:${port}`;
  const chain = { rpcUrl, chainId, metering, fromBlock };
  const configs = {
    broker: { port, credentials: basename(files.credentials) },
    concentrator: {
      ...chain,
      ...account(files.concentratorAccount, files.concentratorAccountPassword),
      broker: { url, passwordFile: basename(files.concentratorBrokerPassword) },
      database: basename(files.concentratorDatabase),
      http: { port: port + 1 },
    },
    mdms: {
      ...chain,
      ...account(files.mdmsAccount, files.mdmsAccountPassword),
      broker: { url, passwordFile: basename(files.mdmsBrokerPassword) },
      database: basename(files.mdmsDatabase),
      keys: basename(files.mdmsKeys),
      keysPasswordFile: basename(files.mdmsKeysPassword),
      http: { port: port + 2 },
    },
    meters: {
      chainId,
      metering,
      broker: { url, passwordsFile: basename(files.metersBrokerPasswords) },
      database: basename(files.meters),
      passwordFile: basename(files.metersPassword),
      readings: readings === undefined ? { kind: "plausible" } : { kind: "files", folder: readings },
      pastSeconds,
      speed,
      ...rules,
    },
  };
  return (Object.keys(configs) as (keyof typeof configs)[]).flatMap((program) => {
    const path = files.config[program];
    if (existsSync(path)) return [];
    writePrivate(path, `${JSON.stringify(configs[program], undefined, 2)}\n`);
    return [path];
  });
}

function account(keystore: string, passwordFile: string): { keystore: string; passwordFile: string } {
  return { keystore: basename(keystore), passwordFile: basename(passwordFile) };
}

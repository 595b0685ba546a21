import { basename } from "node:path";
import { isLoopback } from "../../bus/broker/isLoopback.js";
import type { MeteringDeployment } from "../chain/meteringDeployment.js";
import type { TlsFiles } from "./checkTls.js";
import type { MeteringFiles } from "./layout.js";

/** What of the configurations is chosen. */
export interface ConfigChoices {
  readonly rpcUrl: string;
  /** Name or address at which the broker is reached; undefined: on this machine alone. */
  readonly host: string | undefined;
  /** The broker's port; concentrator and MDMS serve their metrics on the next two. */
  readonly port: number;
  /** The broker's certificate, by absolute paths; needed beyond this machine. */
  readonly tls: TlsFiles | undefined;
  /** The MDMS's database: `postgresql://…` or an absolute path; undefined: a file of the folder. */
  readonly database: string | undefined;
  /** Folder of household files that the meters replay; undefined: use is drawn. */
  readonly readings: string | undefined;
  /** How long ago the meters' time begins, s, and how fast it then goes. */
  readonly pastSeconds: number;
  readonly speed: number;
}

export type Program = keyof MeteringFiles["config"];
/** What each program is told, as it is written. */
export type Configs = Readonly<Record<Program, Readonly<Record<string, unknown>>>>;

/** Where the broker is reached unless it is said: on this machine alone. */
export const BROKER_HOST = "127.0.0.1";

/** The configurations of the programs. Files of the folder are named by their names alone. */
export function configsOf(
  files: MeteringFiles,
  { chainId, fromBlock, contracts, rules }: MeteringDeployment,
  { rpcUrl, host = BROKER_HOST, port, tls, database, readings, pastSeconds, speed }: ConfigChoices,
): Configs {
  const { metering } = contracts;
  const broker = {
    url: `${tls === undefined ? "mqtt" : "mqtts"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ...(tls?.caFile === undefined ? {} : { caFile: tls.caFile }),
  };
  const chain = { rpcUrl, chainId, metering, fromBlock };
  return {
    broker: {
      // The name may be that of an address which is not this machine's own.
      host: isLoopback(host) ? host : "0.0.0.0",
      port,
      credentials: basename(files.credentials),
      ...(tls === undefined ? {} : { tls: { certFile: tls.certFile, keyFile: tls.keyFile } }),
    },
    concentrator: {
      ...chain,
      ...account(files.concentratorAccount, files.concentratorAccountPassword),
      broker: { ...broker, passwordFile: basename(files.concentratorBrokerPassword) },
      database: basename(files.concentratorDatabase),
      http: { port: port + 1 },
    },
    mdms: {
      ...chain,
      ...account(files.mdmsAccount, files.mdmsAccountPassword),
      broker: { ...broker, passwordFile: basename(files.mdmsBrokerPassword) },
      database: database ?? basename(files.mdmsDatabase),
      keys: basename(files.mdmsKeys),
      keysPasswordFile: basename(files.mdmsKeysPassword),
      http: { port: port + 2 },
    },
    meters: {
      chainId,
      metering,
      broker: { ...broker, passwordsFile: basename(files.metersBrokerPasswords) },
      database: basename(files.meters),
      passwordFile: basename(files.metersPassword),
      readings: readings === undefined ? { kind: "plausible" } : { kind: "files", folder: readings },
      pastSeconds,
      speed,
      ...rules,
    },
  };
}

function account(keystore: string, passwordFile: string): { keystore: string; passwordFile: string } {
  return { keystore: basename(keystore), passwordFile: basename(passwordFile) };
}

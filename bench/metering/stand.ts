import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JsonRpcProvider, type Wallet } from "ethers";
import { type Metering, Metering__factory } from "../../typechain-types/index.js";
import { Credentials } from "../../workers/bus/broker/credentials.js";
import { CONCENTRATOR, MDMS } from "../../workers/bus/topics.js";
import { addressOfKey } from "../../workers/crypto/addressOfKey.js";
import { freePorts } from "../../workers/devnet/freePorts.js";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import { MdmsKeystore } from "../../workers/metering/mdms/keys/mdmsKeystore.js";
import { installMeter } from "../../workers/metering/mdms/store/installations.js";
import type { MeteringDomain } from "../../workers/metering/domain.js";
import { FleetStore } from "../../workers/metering/meter/fleetStore.js";
import { drawIdentities } from "../../workers/metering/provision/drawIdentities.js";
import { registerMdms } from "../../workers/metering/provision/registerMdms.js";
import { storeIdentities } from "../../workers/metering/provision/storeIdentities.js";
import type { OwnNetwork } from "../devnet/ownNetwork.js";
import { Program } from "./program.js";
import { INTERVAL_SECONDS, type MeteringTerms } from "./terms.js";

/** Household metering on a network of its own: contract, broker, concentrator, MDMS, and meters that are not connected yet. */
export interface Stand {
  readonly provider: JsonRpcProvider;
  readonly metering: Metering;
  readonly domain: MeteringDomain;
  readonly fromBlock: number;
  readonly brokerUrl: string;
  /** By meter's number. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly store: FleetStore;
  /** The end of the interval before the first that is measured, unix seconds. */
  readonly since: number;
  /** SQLite file of the MDMS. */
  readonly database: string;
  /** Where the concentrator serves its metrics. */
  readonly metricsUrl: string;
  readonly programs: { readonly broker: Program; readonly concentrator: Program; readonly mdms: Program };
  /** The folder with the programs' logs. */
  readonly folder: string;
}

const POLLING_MILLISECONDS = 200;
const PASSWORD = "measured";

/** The usage point of a meter. */
export function usagePointOf(meter: number): string {
  return `point ${meter}`;
}

/**
 * Deploys metering, provisions meters and MDMS, and writes the programs' configurations. Nothing is started.
 *
 * @param consortium its address; the first wallet is a member's, of seat 0.
 */
export async function prepareStand(
  own: OwnNetwork,
  consortium: string,
  { meters, rate, seconds, batchReports }: MeteringTerms,
  note: (text: string) => void,
): Promise<Stand> {
  const folder = join(own.folder, "..", "metering");
  mkdirSync(folder, { mode: 0o700 });
  const { chainId } = own.network;
  const provider = new JsonRpcProvider(own.gates[0], chainId, {
    staticNetwork: true,
    pollingInterval: POLLING_MILLISECONDS,
    cacheTimeout: -1,
  });
  const [utility, collector, reader] = own.wallets.map((wallet) => wallet.connect(provider)) as [
    Wallet,
    Wallet,
    Wallet,
  ];
  const deployed = await new Metering__factory(utility).deploy(consortium, 0, {
    intervalSeconds: INTERVAL_SECONDS,
    sessionSeconds: 86_400,
    overlapSeconds: 3_600,
  });
  await deployed.waitForDeployment();
  const fromBlock = await provider.getBlockNumber();
  const address = await deployed.getAddress();
  const metering = Metering__factory.connect(address, utility);
  const domain = { chainId: BigInt(chainId), metering: address };
  await (await metering.appointConcentrator(collector.address)).wait();

  const at = (name: string): string => join(folder, name);
  const secret = (name: string, text: string): string => {
    writeFileSync(at(name), `${text}\n`, { mode: 0o600 });
    return at(name);
  };
  const [mdmsIdentity] = drawIdentities(["MDMS"]);
  const keystore = MdmsKeystore.create(at("mdms.keys"), PASSWORD, mdmsIdentity!.saltedId);
  await registerMdms(metering, domain, keystore);
  const mdms = addressOfKey(keystore.identity.publicKey);

  const devices = drawIdentities(Array.from({ length: meters }, (_, i) => `SM-${i + 1}`));
  const numbers = await storeIdentities(
    metering,
    devices.map(({ hid }) => hid),
    (stored) => note(`identities stored: ${stored} of ${meters}`),
  );
  // One more than will be measured: the last of them is over.
  const intervals = Math.ceil((rate * seconds) / meters) + 1;
  const since = (Math.floor(Date.now() / 1_000 / INTERVAL_SECONDS) - intervals) * INTERVAL_SECONDS;
  const store = new FleetStore(at("meters.sqlite"), PASSWORD);
  const database = await openDatabase(at("mdms.sqlite"));
  for (const [i, meter] of numbers.entries()) {
    const { saltedId, identityKey } = devices[i]!;
    store.saveMemory({
      meter,
      saltedId,
      identityKey,
      mdms,
      registered: false,
      since,
      registerWh: 0,
      lastTime: since,
      session: undefined,
      nextSession: undefined,
      epoch: undefined,
    });
    await installMeter(database, meter, usagePointOf(meter), since);
  }
  store.commit();
  await database.close();

  const basePort = await freePorts(2);
  const metricsPort = basePort + 1;
  const brokerUrl = `mqtt://127.0.0.1:${basePort}`;
  const passwords = new Credentials(at("broker.credentials")).issue([
    CONCENTRATOR,
    MDMS,
    ...numbers.map(String),
  ]);
  const [rpcUrl, ...rpcUrls] = own.gates;
  const shared = {
    rpcUrl,
    rpcUrls,
    chainId,
    metering: address,
    fromBlock,
    pollMilliseconds: 250,
    logLevel: "info",
  };
  const program = (name: string, main: string, config: object, key?: string): Program => {
    const file = secret(`${name}.json`, JSON.stringify(config));
    return new Program({ main, config: file, log: at(`${name}.log`), key });
  };
  return {
    provider,
    metering,
    domain,
    fromBlock,
    brokerUrl,
    passwords,
    store,
    since,
    database: at("mdms.sqlite"),
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    folder,
    programs: {
      broker: program("broker", "workers/bus/broker/main.ts", {
        port: basePort,
        credentials: at("broker.credentials"),
        logLevel: "info",
      }),
      concentrator: program(
        "concentrator",
        "workers/metering/concentrator/main.ts",
        {
          ...shared,
          broker: {
            url: brokerUrl,
            passwordFile: secret("concentrator.password", passwords.get(CONCENTRATOR)!),
          },
          database: at("concentrator.sqlite"),
          batchReports,
          batchSeconds: 1,
          http: { port: metricsPort },
        },
        collector.privateKey,
      ),
      mdms: program(
        "mdms",
        "workers/metering/mdms/main.ts",
        {
          ...shared,
          broker: { url: brokerUrl, passwordFile: secret("mdms.password", passwords.get(MDMS)!) },
          database: at("mdms.sqlite"),
          keys: at("mdms.keys"),
          keysPasswordFile: secret("mdms.keys.password", PASSWORD),
        },
        reader.privateKey,
      ),
    },
  };
}

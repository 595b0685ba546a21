import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseEther, Wallet } from "ethers";
import { Credentials } from "../../bus/broker/credentials.js";
import { CONCENTRATOR, MDMS } from "../../bus/topics.js";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import { saltedId } from "../identityHash.js";
import { openDatabase } from "../mdms/database/openDatabase.js";
import type { Database } from "../mdms/database/types.js";
import { MdmsKeystore } from "../mdms/keys/mdmsKeystore.js";
import { bindMdms } from "../mdms/store/identity.js";
import { installMeter } from "../mdms/store/installations.js";
import { FleetStore } from "../meter/fleetStore.js";
import { drawIdentities } from "../provision/drawIdentities.js";
import { registerMdms } from "../provision/registerMdms.js";
import { storeIdentities } from "../provision/storeIdentities.js";
import type { MeteringChain } from "./types.js";

/** What a demo's parties begin with. The caller closes database and store. */
export interface ProvisionedHomes {
  /** The meter of each home, by its number. */
  readonly numbers: readonly number[];
  readonly keystore: MdmsKeystore;
  /** The concentrator's account. */
  readonly wallet: Pick<Wallet, "address" | "privateKey">;
  readonly credentials: Credentials;
  /** Passwords at the broker, by user name. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly database: Database;
  readonly fleetStore: FleetStore;
}

/**
 * Gives each home of a demo a meter: identities, what is stored on the chain, an MDMS, a concentrator, credentials of the broker.
 *
 * @param start when the meters are installed, unix seconds.
 */
export async function provisionHomes(
  { chainId, metering, funder }: MeteringChain,
  names: readonly string[],
  start: number,
  folder: string,
): Promise<ProvisionedHomes> {
  const address = await metering.getAddress();
  const domain = { chainId, metering: address };
  const identities = drawIdentities(names);
  const numbers = await storeIdentities(
    metering,
    identities.map(({ hid }) => hid),
  );
  const keysPassword = randomBytes(24).toString("base64url");
  const keystore = MdmsKeystore.create(
    join(folder, "mdms-keys.json"),
    keysPassword,
    saltedId("MDMS", `0x${randomBytes(32).toString("hex")}`),
  );
  await registerMdms(metering, domain, keystore);
  const wallet = Wallet.createRandom();
  await (await funder.sendTransaction({ to: wallet.address, value: parseEther("10") })).wait();
  await (await metering.appointConcentrator(wallet.address)).wait();
  const credentials = new Credentials(join(folder, "credentials.json"));
  const passwords = credentials.issue([...numbers.map(String), CONCENTRATOR, MDMS]);

  const database = await openDatabase(join(folder, "mdms.sqlite"));
  await bindMdms(database, { chainId: String(chainId), metering: address });
  for (const [i, name] of names.entries()) await installMeter(database, numbers[i]!, name, start);
  const fleetStore = new FleetStore(join(folder, "meters.sqlite"), randomBytes(24).toString("base64url"));
  for (const [i, { saltedId: salted, identityKey }] of identities.entries()) {
    fleetStore.saveMemory({
      meter: numbers[i]!,
      saltedId: salted,
      identityKey,
      mdms: addressOfKey(keystore.identity.publicKey),
      registered: false,
      since: start,
      registerWh: 0,
      lastTime: 0,
      session: undefined,
      nextSession: undefined,
      epoch: undefined,
    });
  }
  return { numbers, keystore, wallet, credentials, passwords, database, fleetStore };
}

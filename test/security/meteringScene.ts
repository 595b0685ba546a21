import { join } from "node:path";
import { getBytes, hexlify, Wallet } from "ethers";
import { pino } from "pino";
import { providerAccess } from "../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../workers/chain/sending/sender.js";
import { addressOfKey } from "../../workers/crypto/addressOfKey.js";
import { instantFinality } from "../../workers/finality/instantFinality.js";
import { Concentrator } from "../../workers/metering/concentrator/concentrator.js";
import { queueMigrations } from "../../workers/metering/concentrator/queue/queueTables.js";
import { identityHash, saltedId } from "../../workers/metering/identityHash.js";
import type { SignedEpochKey } from "../../workers/metering/keys/epochOpening.js";
import { mdmsRegistration } from "../../workers/metering/keys/mdmsRegistration.js";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import { MdmsKeystore } from "../../workers/metering/mdms/keys/mdmsKeystore.js";
import { Mdms } from "../../workers/metering/mdms/mdms.js";
import { installMeter } from "../../workers/metering/mdms/store/installations.js";
import type { Ack } from "../../workers/metering/messages/ack.js";
import type { MeterGaps } from "../../workers/metering/messages/gapsMessage.js";
import { createReport } from "../../workers/metering/report/createReport.js";
import type { UsageReport } from "../../workers/metering/report/types.js";
import { openStore } from "../../workers/store/openStore.js";
import {
  type Deployed,
  deployMetering,
  namedKeys,
  rules,
  sessionKeyOf,
  startMeters,
  type TestMeter,
} from "../contracts/metering/meteringFixture.js";

export const HALF_HOUR = rules.intervalSeconds;
export const PASSWORD = "the operator's password";
const silent = pino({ level: "silent" });

/** Metering on the in-process chain: an MDMS with its database and keystore, meters with an open session. */
export async function meteringScene(folder: string, name: string, meterCount = 2, epochSeconds = 172_800) {
  const f = await deployMetering();
  const { provider } = f.ethers;
  const keys = join(folder, `${name}.keys.json`);
  const salted = saltedId("MDMS", `0x${"55".repeat(32)}`);
  const keystore = MdmsKeystore.create(keys, PASSWORD, salted);
  const mdmsAddress = addressOfKey(keystore.identity.publicKey);
  const request = mdmsRegistration(f.domain, salted, keystore.identity);
  await f.utility.storeMdmsIdentity(identityHash(salted, mdmsAddress));
  await f.anyone.registerMdms(request.saltedId, request.identity, request.r, request.vs);
  const where = join(folder, `${name}.sqlite`);
  const database = await openDatabase(where);
  const epochs: SignedEpochKey[] = [];
  const gaps: MeterGaps[] = [];
  const mdms = new Mdms(
    {
      database,
      keystore,
      metering: f.anyone,
      signer: f.stranger,
      domain: f.domain,
      source: {
        provider,
        metering: f.address,
        fromBlock: 0,
        rangeBlocks: 500,
        finality: instantFinality(provider),
      },
      logger: silent,
    },
    {
      intervalSeconds: HALF_HOUR,
      releaseSeconds: 0,
      epochSeconds,
      overlapSeconds: rules.overlapSeconds,
      patienceSeconds: 86_400,
    },
    { epoch: (key) => void epochs.push(key), gaps: (of) => void gaps.push(of) },
  );
  const since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 100 * HALF_HOUR;
  const meters = await startMeters(f, meterCount, since);
  for (const { meter } of meters) await installMeter(database, meter, `P${meter}`, since);
  await mdms.turn();

  /** A report of a meter, encrypted to the epoch key in force, of the interval that ends `n` intervals after the start. */
  const report = (
    meter: TestMeter,
    n: number,
    usageWh = 100 + n,
    sequence = 1,
    domain = f.domain,
  ): UsageReport => {
    const { epoch, publicKey } = epochs.at(-1)!;
    return createReport(
      domain,
      { ...meter, sessionKey: sessionKeyOf(meter.meter, sequence).privateKey },
      { epoch, publicKey: getBytes(publicKey) },
      since + n * HALF_HOUR,
      { usageWh, registerWh: n * 100 },
    );
  };
  /** What the MDMS has of a usage point: the energy by number of interval. */
  const stored = async (point: string): Promise<Record<number, number>> => {
    const rows = await database.all<{ tau: number; energy_wh: number }>(
      "SELECT tau, energy_wh FROM intervals WHERE usage_point = $1 AND quality = 'measured' ORDER BY tau",
      point,
    );
    return Object.fromEntries(rows.map((row) => [(row.tau - since) / HALF_HOUR, row.energy_wh]));
  };
  const pass = async (seconds: number): Promise<void> => {
    await f.networkHelpers.time.increase(seconds);
    await f.networkHelpers.mine();
  };
  return {
    f,
    provider,
    keystore,
    mdmsAddress,
    where,
    database,
    mdms,
    epochs,
    gaps,
    since,
    meters,
    report,
    stored,
    pass,
  };
}

export type Scene = Awaited<ReturnType<typeof meteringScene>>;

/** A concentrator of the scene, with a queue of its own. */
export async function openConcentrator(
  { f, provider }: Pick<Scene, "f" | "provider">,
  folder: string,
  name: string,
  mostQueued = 1_000,
) {
  // A key of its own: the network's accounts do not sign by themselves.
  const wallet = new Wallet(hexlify(namedKeys(name).privateKey));
  await fund(f, wallet.address);
  await f.utility.appointConcentrator(wallet.address);
  const store = openStore(join(folder, `${name}.queue.sqlite`), { migrations: queueMigrations });
  const finality = instantFinality(provider);
  const clock = { now: await f.now() };
  const now = (): number => clock.now;
  const sender = new Sender({
    store,
    chain: providerAccess(provider),
    account: wallet.address,
    sign: async (transaction) => await wallet.signTransaction({ ...transaction, from: wallet.address }),
    now,
    logger: silent,
    settings: {
      chainId: f.domain.chainId,
      maxInFlight: 16,
      stuckBlocks: 5,
      fees: { price: undefined, cap: 10n ** 12n },
    },
    finality,
  });
  const told: { meter: number; ack: Ack }[] = [];
  const hearers: ((meter: number, ack: Ack) => void)[] = [];
  const concentrator = new Concentrator(
    {
      store,
      sender,
      account: wallet.address,
      provider,
      metering: f.anyone,
      domain: f.domain,
      finality,
      tell: (meter, ack) => {
        told.push({ meter, ack });
        for (const hear of hearers) hear(meter, ack);
      },
      now,
      logger: silent,
    },
    { batchReports: 50, batchSeconds: 0, batchGas: 12_000_000, mostQueued, confirmations: 0 },
  );
  /** Turns until nothing is left to do. */
  const settle = async (): Promise<void> => {
    clock.now = await f.now();
    for (let quiet = 0; quiet < 2;) quiet = (await concentrator.turn()) ? 0 : quiet + 1;
  };
  const refused = (): Record<string, number> => Object.fromEntries(concentrator.counts.refused);
  return { concentrator, wallet, store, told, hearers, settle, refused };
}

async function fund(f: Deployed, to: string): Promise<void> {
  await f.stranger.sendTransaction({ to, value: 10n ** 18n });
}

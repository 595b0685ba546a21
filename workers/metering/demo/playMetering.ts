import { join } from "node:path";
import { pino } from "pino";
import { openBroker } from "../../bus/broker/openBroker.js";
import { type Bus, connectBus } from "../../bus/client/connectBus.js";
import { CONCENTRATOR, MDMS, meterOfTopic, topics } from "../../bus/topics.js";
import { providerAccess } from "../../chain/sending/providerAccess.js";
import { Sender } from "../../chain/sending/sender.js";
import { transactionSigner } from "../../crypto/transactionSigner.js";
import { instantFinality } from "../../finality/instantFinality.js";
import { openStore } from "../../store/openStore.js";
import { Concentrator } from "../concentrator/concentrator.js";
import { queueMigrations } from "../concentrator/queue/queueTables.js";
import { Mdms } from "../mdms/mdms.js";
import { encodeAck } from "../messages/ack.js";
import { encodeEpoch } from "../messages/epochMessage.js";
import { encodeGaps } from "../messages/gapsMessage.js";
import { Fleet } from "../meter/fleet.js";
import { MeterClock } from "../meter/meterClock.js";
import { decodeReport } from "../report/decodeReport.js";
import { attackReports } from "./attackReports.js";
import { compareStored } from "./compareStored.js";
import { gather } from "./gathering.js";
import { homesUsage } from "./homesUsage.js";
import { provisionHomes } from "./provisionHomes.js";
import type { MeteringChain, MeteringPlay, MeteringResult, Refused } from "./types.js";

const DAY = 86_400;
/** Seconds after an interval's end at which its reports are made. */
const AFTER_SECONDS = 5;
/** The MDMS looks every so many intervals: no seldomer than an epoch's overlap, or the meters would have no key for a while. */
const MDMS_EVERY = 2;
/** The interval after which the attacks come: late in the first day, while the epoch of its first reports is still in force. */
const ATTACK_AT = 44;
const MOST_BYTES = 4_096;
/** Terms of the meters: what was not answered is sent again after 10 s of their time. */
const METER_TERMS = { retrySeconds: 10, finalSeconds: 600, window: 16, capacity: 4_000 };

/**
 * Plays household metering end to end: meters with keys of their own, a broker, a concentrator, the contract, an MDMS. The meters'
 * time is the chain's, which is moved on from interval to interval.
 *
 * @param progress told how many intervals are done.
 */
export async function playMetering(
  chain: MeteringChain,
  { homes, intervals, folder }: MeteringPlay,
  progress: (done: number) => void,
): Promise<MeteringResult> {
  const started = performance.now();
  const { provider, chainId, metering, funder } = chain;
  const address = await metering.getAddress();
  const domain = { chainId, metering: address };
  const logger = pino({ level: "silent" });
  const rules = await metering.rules();
  const intervalSeconds = Number(rules.intervalSeconds);
  const terms = {
    ...METER_TERMS,
    intervalSeconds,
    sessionSeconds: Number(rules.sessionSeconds),
    overlapSeconds: Number(rules.overlapSeconds),
  };
  const start = Math.ceil((await chain.now()) / intervalSeconds) * intervalSeconds;
  const clock = { now: start };

  const { numbers, keystore, wallet, credentials, passwords, database, fleetStore } = await provisionHomes(
    chain,
    homes.map(({ name }) => name),
    start,
    folder,
  );
  const usage = homesUsage(homes, numbers, start, intervals, intervalSeconds);
  const fleet = new Fleet(fleetStore, domain, terms, usage);
  const store = openStore(join(folder, "concentrator.sqlite"), { migrations: queueMigrations });
  const finality = instantFinality(provider);
  const now = (): number => clock.now;
  let told = 0;
  let gapsTold = 0;
  let epochsTold = 0;
  let epoch = 0;
  const buses: Bus[] = [];
  const broker = await openBroker({ host: "127.0.0.1", port: 0, credentials, mostBytes: MOST_BYTES });
  const joinBroker = (
    username: string,
    filters: readonly string[],
    hear: (topic: string, payload: Uint8Array) => void,
  ): Bus => {
    const options = { url: broker.url, username, password: passwords.get(username)!, keepSession: false };
    const bus = connectBus(options, filters, hear, () => undefined);
    buses.push(bus);
    return bus;
  };
  try {
    const concentrator: Concentrator = new Concentrator(
      {
        store,
        sender: new Sender({
          store,
          chain: providerAccess(provider),
          account: wallet.address,
          sign: transactionSigner(wallet.privateKey),
          now,
          logger,
          settings: { chainId, maxInFlight: 64, stuckBlocks: 5, fees: { price: undefined, cap: 10n ** 12n } },
          finality,
        }),
        account: wallet.address,
        provider,
        metering,
        domain,
        finality,
        tell: (meter, ack) => {
          told++;
          void dcBus.publish(topics.ack(meter), encodeAck(ack));
        },
        now,
        logger,
      },
      { batchReports: 50, batchSeconds: 0, batchGas: 12_000_000, mostQueued: 100_000, confirmations: 0 },
    );
    const caught = new Map<number, Uint8Array[]>();
    let arrived = 0;
    const dcBus = joinBroker(CONCENTRATOR, [topics.report("+"), topics.request("+")], (topic, payload) => {
      const meter = meterOfTopic(topic)!;
      const kind = topic.startsWith("report/") ? ("report" as const) : ("request" as const);
      arrived++;
      if (kind === "report") caught.set(meter, [...(caught.get(meter) ?? []), payload]);
      concentrator.receive(kind, meter, payload);
    });
    const mdmsBus = joinBroker(MDMS, [], () => undefined);
    let heard = 0;
    for (const meter of numbers) {
      const filters = [topics.ack(meter), topics.gaps(meter), topics.epoch];
      const bus = joinBroker(String(meter), filters, (topic, payload) => {
        heard++;
        fleet.hear(
          meter,
          topic === topics.epoch ? "epoch" : topic.startsWith("ack/") ? "ack" : "gaps",
          payload,
        );
      });
      const link = {
        get connected() {
          return bus.connected;
        },
        send: (topic: "report" | "request", payload: Uint8Array | string) =>
          void bus.publish(topics[topic](meter), payload),
      };
      fleet.add(meter, link, new MeterClock(now, 0, 0), start);
    }
    await gather(
      "connections",
      () => buses.filter(({ connected }) => connected).length,
      () => buses.length,
    );
    const mdms = new Mdms(
      {
        database,
        keystore,
        metering,
        signer: funder,
        domain,
        source: { provider, metering: address, fromBlock: 0, rangeBlocks: 1_000, finality },
        logger,
      },
      {
        intervalSeconds,
        releaseSeconds: 0,
        epochSeconds: DAY,
        overlapSeconds: terms.overlapSeconds,
        patienceSeconds: DAY,
      },
      {
        epoch: (key) => {
          epochsTold++;
          ({ epoch } = key);
          void mdmsBus.publish(topics.epoch, encodeEpoch(key), true);
        },
        gaps: (gaps) => {
          gapsTold++;
          void mdmsBus.publish(
            topics.gaps(gaps.meter),
            encodeGaps(domain, gaps, keystore.identity.privateKey),
            true,
          );
        },
      },
    );
    const sent = (): number => fleet.counts.reportsSent + fleet.counts.requestsSent;
    /** All that is due, through the broker to the chain and back. */
    const round = async (): Promise<void> => {
      fleet.turn();
      await gather("to the concentrator", () => arrived, sent);
      while (await concentrator.turn());
      await gather(
        "to the meters",
        () => heard,
        () => told + gapsTold + epochsTold * numbers.length,
      );
    };
    const moveTo = async (time: number): Promise<void> => {
      await chain.advanceTo(time);
      clock.now = time;
    };

    await mdms.turn();
    // Registration, session: a request each.
    for (let step = 1; step <= 2; step++) {
      await moveTo(start + step * (METER_TERMS.retrySeconds + 1));
      await round();
    }
    let refused: readonly Refused[] = [];
    for (let i = 1; i <= intervals; i++) {
      const time = start + i * intervalSeconds;
      await moveTo(time + AFTER_SECONDS);
      if (i === ATTACK_AT) {
        await (await metering.appointConcentrator(await funder.getAddress())).wait();
        refused = await attackReports({
          metering: metering.connect(funder),
          domain,
          homes: homes.map(({ name }, at) => ({ name, meter: numbers[at]! })),
          caught,
          epoch,
          time,
        });
      }
      await round();
      if (i % MDMS_EVERY === 0 || i === intervals) {
        await mdms.turn();
        await gather(
          "to the meters",
          () => heard,
          () => told + gapsTold + epochsTold * numbers.length,
        );
      }
      progress(i);
    }
    return {
      meters: homes.length,
      ...(await compareStored(
        database,
        homes,
        (home) => {
          const meter = numbers[home]!;
          const reports = (caught.get(meter) ?? []).map(decodeReport);
          return {
            measured: (time) => usage(meter, time),
            sent: new Set(reports.map(({ time }) => time)),
          };
        },
        Array.from({ length: intervals }, (_, i) => start + (i + 1) * intervalSeconds),
      )),
      refused,
      transactions: concentrator.counts.batches,
      gasPerReport: Math.round(concentrator.counts.gasUsed / Math.max(1, concentrator.counts.accepted)),
      sessions: concentrator.counts.sessions,
      epochs: epoch,
      messages: arrived + heard,
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    await Promise.all(buses.map((bus) => bus.close()));
    await broker.close();
    store.close();
    fleetStore.close();
    await database.close();
  }
}

import type { Logger } from "pino";
import { addAlertGauge } from "../../alerts/alertGauge.js";
import { MDMS_ALERTS } from "../../alerts/alertNames.js";
import { connectBus } from "../../bus/client/connectBus.js";
import { MDMS, topics } from "../../bus/topics.js";
import type { HttpServer } from "../../http/serveHttp.js";
import { serveProgram } from "../../http/serveProgram.js";
import { checkMetering } from "../checkMetering.js";
import { encodeEpoch } from "../messages/epochMessage.js";
import { encodeGaps } from "../messages/gapsMessage.js";
import type { ProgramSecrets } from "../readSecrets.js";
import { openMetering } from "../openMetering.js";
import { ProgramMonitor } from "../../program/programMonitor.js";
import { runTurns } from "../../program/runTurns.js";
import type { MdmsConfig } from "./config.js";
import { openDatabase } from "./database/openDatabase.js";
import { findMdmsAlerts } from "./findAlerts.js";
import type { MdmsKeystore } from "./keys/mdmsKeystore.js";
import { Mdms } from "./mdms.js";
import { mdmsMetrics } from "./metrics.js";
import { retainUsage } from "./retainUsage.js";
import { validateStored } from "./vee/validateStored.js";
import { bindMdms } from "./store/identity.js";
import { readProgress } from "./store/progress.js";

/** What an MDMS is given beside its configuration. */
export interface MdmsGiven extends ProgramSecrets {
  readonly keystore: MdmsKeystore;
  readonly logger: Logger;
}

/** Gas of opening an epoch, rounded up. */
const EPOCH_GAS = 200_000n;

/** Runs an MDMS until the signal is given. */
export async function runMdms(
  config: MdmsConfig,
  { wallet, keystore, brokerPassword, logger }: MdmsGiven,
  signal: AbortSignal,
): Promise<void> {
  const database = await openDatabase(config.database);
  const { provider, metering, domain, finality } = openMetering(config, logger);
  const bus = connectBus(
    {
      url: config.broker.url,
      username: MDMS,
      password: brokerPassword,
      caFile: config.broker.caFile,
      keepSession: false,
    },
    [],
    () => undefined,
    (reason) => logger.warn({ reason }, "no connection to the broker"),
  );
  // Retained: a meter that is away hears it when it comes; a broker that is away, when it is back.
  const say = (topic: string, payload: string): void =>
    void bus.publish(topic, payload, true).catch(() => undefined);
  const monitor = new ProgramMonitor(logger, async () => {
    const [progress, head, balanceWei, gasPriceWei] = await Promise.all([
      readProgress(database),
      provider.getBlock("latest"),
      provider.getBalance(wallet.address),
      provider.send("eth_gasPrice", []).then(BigInt),
    ]);
    const stored = progress === undefined ? head : await provider.getBlock(progress.number);
    return findMdmsAlerts({
      connected: bus.connected,
      height: head?.number ?? 0,
      stored: stored?.number ?? 0,
      behindSeconds: head === null || stored === null ? 0 : head.timestamp - stored.timestamp,
      balanceWei,
      transactionWei: EPOCH_GAS * gasPriceWei,
    });
  });
  const metrics = mdmsMetrics(database);
  addAlertGauge(metrics, monitor.book, MDMS_ALERTS);
  let server: HttpServer | undefined;
  try {
    server = await serveProgram(metrics, config.http, monitor.book);
    await checkMetering(provider, metering, config.chainId);
    const intervalSeconds = Number((await metering.rules()).intervalSeconds);
    await bindMdms(database, {
      chainId: String(config.chainId),
      metering: config.metering,
      genesis: (await provider.getBlock(0))?.hash ?? "",
      intervalSeconds: String(intervalSeconds),
    });
    const mdms = new Mdms(
      {
        database,
        keystore,
        metering,
        signer: wallet.connect(provider),
        domain,
        source: {
          provider,
          metering: config.metering,
          fromBlock: config.fromBlock,
          rangeBlocks: config.rangeBlocks,
          finality,
        },
        logger,
      },
      { ...config, intervalSeconds },
      {
        epoch: (key) => say(topics.epoch, encodeEpoch(key)),
        gaps: (gaps) => say(topics.gaps(gaps.meter), encodeGaps(domain, gaps, keystore.identity.privateKey)),
      },
    );
    logger.info({ metering: config.metering }, "MDMS started");
    await runTurns(
      async () => {
        await provider.check();
        const validated = await validateStored(database, provider, intervalSeconds, config.validateSeconds);
        if (validated !== undefined) logger.info(validated, "days validated");
        await retainUsage(database, config.retentionSeconds, Math.floor(Date.now() / 1_000));
        const { stored, opened } = await mdms.turn();
        return stored + opened + (validated?.left ?? 0) > 0;
      },
      config.pollMilliseconds,
      logger,
      signal,
      monitor.turned,
    );
  } finally {
    await bus.close();
    await server?.close();
    provider.destroy();
    await database.close();
  }
  logger.info("MDMS stopped");
}

import type { Logger } from "pino";
import { addAlertGauge } from "../../alerts/alertGauge.js";
import { CONCENTRATOR_ALERTS } from "../../alerts/alertNames.js";
import { connectBus } from "../../bus/client/connectBus.js";
import { CONCENTRATOR, meterOfTopic, topics } from "../../bus/topics.js";
import { providerAccess } from "../../chain/sending/providerAccess.js";
import { Sender } from "../../chain/sending/sender.js";
import { transactionSigner } from "../../crypto/transactionSigner.js";
import type { HttpServer } from "../../http/serveHttp.js";
import { serveProgram } from "../../http/serveProgram.js";
import { bindIdentity } from "../../store/bindIdentity.js";
import { openStore } from "../../store/openStore.js";
import { checkMetering } from "../checkMetering.js";
import { encodeAck } from "../messages/ack.js";
import { confirmationDepth } from "../openFinality.js";
import type { ProgramSecrets } from "../readSecrets.js";
import { openMetering } from "../openMetering.js";
import { ProgramMonitor } from "../../program/programMonitor.js";
import { runTurns } from "../../program/runTurns.js";
import { Concentrator } from "./concentrator.js";
import type { ConcentratorConfig } from "./config.js";
import { findConcentratorAlerts } from "./findAlerts.js";
import { concentratorMetrics } from "./metrics.js";
import { queueMigrations } from "./queue/queueTables.js";

/** What a concentrator is given beside its configuration. */
export interface ConcentratorGiven extends ProgramSecrets {
  readonly logger: Logger;
}

const STUCK_BLOCKS = 5;
/** Gas of a report in a full transaction, rounded up. */
const REPORT_GAS = 14_000n;
const MOST_GAS_PRICE_WEI = 10n ** 11n;

/** Unix seconds. */
function systemSeconds(): number {
  return Date.now() / 1_000;
}

/** Runs a concentrator until the signal is given. */
export async function runConcentrator(
  config: ConcentratorConfig,
  { wallet, brokerPassword, logger }: ConcentratorGiven,
  signal: AbortSignal,
): Promise<void> {
  const store = openStore(config.database, { migrations: queueMigrations });
  const { provider, metering, domain, finality } = openMetering(config, logger);
  await checkMetering(provider, metering, config.chainId);
  const sender = new Sender({
    store,
    chain: providerAccess(provider),
    account: wallet.address,
    sign: transactionSigner(wallet.privateKey),
    now: systemSeconds,
    logger,
    settings: {
      chainId: domain.chainId,
      maxInFlight: config.maxInFlight,
      stuckBlocks: STUCK_BLOCKS,
      fees: { price: undefined, cap: MOST_GAS_PRICE_WEI },
    },
    finality,
  });
  bindIdentity(store, {
    chainId: String(config.chainId),
    genesisHash: (await provider.getBlock(0))?.hash ?? "",
    ledger: config.metering,
    operator: wallet.address,
  });
  const concentrator = new Concentrator(
    {
      store,
      sender,
      account: wallet.address,
      provider,
      metering,
      domain,
      finality,
      // A meter that misses an answer asks again by sending again.
      tell: (meter, ack) => void bus.publish(topics.ack(meter), encodeAck(ack)).catch(() => undefined),
      now: systemSeconds,
      logger,
    },
    { ...config, confirmations: await confirmationDepth(config.finality, metering) },
  );
  // Only now: what a broker kept comes at once.
  const bus = connectBus(
    {
      url: config.broker.url,
      username: CONCENTRATOR,
      password: brokerPassword,
      caFile: config.broker.caFile,
      keepSession: true,
    },
    [topics.report("+"), topics.request("+")],
    (topic, payload) => {
      const meter = meterOfTopic(topic);
      if (meter !== undefined)
        concentrator.receive(topic.startsWith("report/") ? "report" : "request", meter, payload);
    },
    (reason) => logger.warn({ reason }, "no connection to the broker"),
  );
  const monitor = new ProgramMonitor(logger, async () => {
    const { waiting, underWay, oldest = systemSeconds() } = concentrator.length;
    const [balanceWei, gasPriceWei] = await Promise.all([
      provider.getBalance(wallet.address),
      provider.send("eth_gasPrice", []).then(BigInt),
    ]);
    return findConcentratorAlerts({
      connected: bus.connected,
      queued: waiting + underWay,
      mostQueued: config.mostQueued,
      lagSeconds: systemSeconds() - oldest,
      balanceWei,
      transactionWei: REPORT_GAS * BigInt(config.batchReports) * gasPriceWei,
    });
  });
  const metrics = concentratorMetrics(concentrator, () => bus.connected);
  addAlertGauge(metrics, monitor.book, CONCENTRATOR_ALERTS);
  let server: HttpServer | undefined;
  try {
    server = await serveProgram(metrics, config.http, monitor.book);
    logger.info({ account: wallet.address, metering: config.metering }, "concentrator started");
    await runTurns(
      async () => {
        await provider.check();
        return await concentrator.turn();
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
    store.close();
  }
  logger.info("concentrator stopped");
}

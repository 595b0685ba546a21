import { expect } from "chai";
import { describe, it } from "mocha";
import { healthApp } from "../../../../workers/devnet/health/healthApp.js";
import { networkMetrics } from "../../../../workers/devnet/health/metrics.js";
import type { NetworkHealth } from "../../../../workers/devnet/health/types.js";
import { healthPortOf } from "../../../../workers/devnet/healthPort.js";
import { firstCells, readDoc, section } from "../../../docs/readDoc.js";
import type { Network } from "../../../../workers/devnet/types.js";

const NOW = 1_700_000_000;

function health(change: Partial<NetworkHealth> = {}): NetworkHealth {
  return {
    chainId: 20_260,
    blockPeriodSeconds: 1,
    observedAt: NOW,
    validators: [
      {
        number: 1,
        name: "validator-1",
        running: true,
        height: 120,
        headHash: "0xaa",
        peers: 1,
        seals: true,
        sealedBlocks: 60,
        secondsSinceSealed: 1.5,
        blocksSinceSealed: 1,
        lagSeconds: 0.5,
        clockOffsetSeconds: -0.02,
      },
      {
        number: 2,
        name: "validator-2",
        running: false,
        height: null,
        headHash: null,
        peers: null,
        seals: true,
        sealedBlocks: 7,
        secondsSinceSealed: null,
        blocksSinceSealed: 30,
        lagSeconds: null,
        clockOffsetSeconds: null,
      },
    ],
    alerts: [],
    recoveries: 2,
    failedRecoveries: 1,
    ...change,
  };
}

const silent = {
  name: "validatorNotSealing",
  subject: "validator-2",
  message: "30 blocks",
  since: NOW,
} as const;

const get = async (path: string, latest: NetworkHealth | undefined, now = NOW): Promise<Response> => {
  const metrics = networkMetrics();
  if (latest !== undefined) metrics.update(latest);
  return await healthApp(
    () => latest,
    metrics,
    () => now,
  ).request(path);
};

describe("the keeper's HTTP", () => {
  it("answers 200 while no alert stands, 503 with the alerts else", async () => {
    const well = await get("/health", health());
    expect(well.status).to.equal(200);
    expect(await well.json()).to.deep.include({ ok: true, alerts: [], chainId: 20_260 });
    const ill = await get("/health", health({ alerts: [silent] }));
    expect(ill.status).to.equal(503);
    expect(await ill.json()).to.deep.include({ ok: false, alerts: [silent] });
  });

  it("answers 503 where nothing is known, or what is known is old", async () => {
    expect((await get("/health", undefined)).status).to.equal(503);
    expect((await get("/health", health(), NOW + 30)).status).to.equal(200);
    expect((await get("/health", health(), NOW + 31)).status).to.equal(503);
    expect((await get("/keys", health())).status).to.equal(404);
  });

  it("gives Prometheus every figure with help and type, and leaves out what cannot be seen", async () => {
    const response = await get("/metrics", health({ alerts: [silent] }));
    expect(response.headers.get("content-type")).to.include("text/plain");
    const text = await response.text();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).to.include.members([
      'gridproof_validator_running{validator="validator-1"} 1',
      'gridproof_validator_running{validator="validator-2"} 0',
      'gridproof_validator_height_blocks{validator="validator-1"} 120',
      'gridproof_validator_clock_offset_seconds{validator="validator-1"} -0.02',
      'gridproof_validator_sealed_blocks_total{validator="validator-2"} 7',
      'gridproof_alert{alert="validatorNotSealing",subject="validator-2"} 1',
      'gridproof_deadlock_recoveries_total{outcome="mended"} 2',
      'gridproof_deadlock_recoveries_total{outcome="failed"} 1',
      "gridproof_network_heads 1",
    ]);
    expect(text).to.not.include('gridproof_validator_height_blocks{validator="validator-2"}');
    for (const name of new Set(lines.map((line) => /^[a-z_]+/u.exec(line)![0]))) {
      expect(text, name).to.match(
        new RegExp(`# HELP ${name} [A-Z1].+\n# TYPE ${name} (gauge|counter)\n`, "u"),
      );
    }
  });

  it("has a row for each figure in the documents", () => {
    const { registry } = networkMetrics();
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const listed = firstCells(section(readDoc("docs/devnet.md"), "The keeper"));
    expect(listed.sort()).to.deep.equal(names.sort());
  });

  it("forgets an alert that is over, and a validator that left", async () => {
    const metrics = networkMetrics();
    metrics.update(health({ alerts: [silent] }));
    metrics.update(health({ validators: health().validators.slice(0, 1) }));
    const text = await metrics.registry.metrics();
    expect(text).to.not.include("validator-2").and.not.include("gridproof_alert{");
  });
});

describe("healthPortOf", () => {
  const validators = [{ rpcPort: 8_603 }, { rpcPort: 8_600 }] as Network["validators"];

  it("is the one written down, else the last of the network's hundred", () => {
    expect(healthPortOf({ healthPort: 9_000, validators })).to.equal(9_000);
    expect(healthPortOf({ validators })).to.equal(8_699);
  });
});

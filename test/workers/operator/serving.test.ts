import { createServer } from "node:http";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { describe, it } from "mocha";
import { pino } from "pino";
import { parseWorkerConfig } from "../../../workers/operator/config.js";
import { ignoreStages } from "../../../workers/operator/stages.js";
import { startWorker } from "../../../workers/operator/startWorker.js";
import { systemClock } from "../../../workers/operator/systemClock.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const address = `0x${"11".repeat(20)}`;

describe("a worker's HTTP server", () => {
  const root = temporaryFolder();
  let round = 0;

  /** A worker whose node never answers. */
  function run(http?: object): {
    lines: Record<string, unknown>[];
    stop: AbortController;
    ended: Promise<void>;
  } {
    const folder = join(root, String(++round));
    mkdirSync(folder);
    const config = parseWorkerConfig(
      {
        rpcUrl: "http://127.0.0.1:9",
        chainId: 1,
        contracts: { consortium: address, registry: address, ledger: address },
        database: "worker.db",
        pollMilliseconds: 20,
        maxBackoffMilliseconds: 50,
        ...(http === undefined ? {} : { http }),
      },
      "a test",
      folder,
    );
    const lines: Record<string, unknown>[] = [];
    const logger = pino(
      { base: null },
      { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    );
    const stop = new AbortController();
    const parts = { clock: systemClock, logger, observe: ignoreStages, signer: Wallet.createRandom() };
    return { lines, stop, ended: startWorker(config, parts, stop.signal) };
  }

  it("serves while the worker runs, on loopback, and no longer", async () => {
    const { lines, stop, ended } = run({ port: 0 });
    await eventually("a server", () => lines.some(({ msg }) => msg === "serving HTTP"));
    const url = lines.find(({ msg }) => msg === "serving HTTP")!["url"] as string;
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/health`)).json()).to.have.all.keys("ok", "alerts");
    expect((await fetch(`${url}/metrics`)).status).to.equal(200);
    expect((await fetch(`${url}/eth`)).status).to.equal(404);
    stop.abort();
    await ended;
    expect(await fetch(`${url}/health`).catch(() => "refused")).to.equal("refused");
  });

  it("is not there where none is configured", async () => {
    const { lines, stop, ended } = run();
    await eventually("a first turn", () => lines.some(({ msg }) => String(msg).includes("does not answer")));
    stop.abort();
    await ended;
    expect(lines.some(({ msg }) => msg === "serving HTTP")).to.equal(false);
  });

  it("ends the worker in one line where the port is taken, and frees its database", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const error: unknown = await run({ port }).ended.catch((e: unknown) => e);
    expect(String(error)).to.equal(
      `HttpAddressError: cannot serve HTTP at 127.0.0.1, port ${port}: another program has it (EADDRINUSE)`,
    );
    other.close();
  });
});

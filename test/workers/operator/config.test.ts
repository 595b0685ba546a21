import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { parseWorkerConfig, readWorkerConfig, WorkerConfigError } from "../../../workers/operator/config.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const address = `0x${"11".repeat(20)}`;
const least = {
  rpcUrl: "http://127.0.0.1:8545",
  chainId: 1,
  contracts: { consortium: address, registry: address, ledger: address },
  database: "worker.db",
};

describe("worker configuration", () => {
  const folder = temporaryFolder();

  it("fills in defaults and takes paths from its own folder", () => {
    const path = join(folder, "worker.json");
    writeFileSync(path, JSON.stringify({ ...least, measurements: "/var/readings", keystore: "key.json" }));
    const config = readWorkerConfig(path);
    expect(config).to.include({
      database: join(folder, "worker.db"),
      measurements: "/var/readings",
      keystore: join(folder, "key.json"),
      pollMilliseconds: 1000,
    });
    expect(config.passwordFile).to.equal(undefined);
  });

  it("names every field that is wrong", () => {
    const wrong = {
      ...least,
      rpcUrl: "nowhere",
      contracts: { ...least.contracts, ledger: "0x12" },
      privateKey: "x",
    };
    expect(() => parseWorkerConfig(wrong, "w.json", folder))
      .to.throw(WorkerConfigError)
      .with.property("message")
      .that.matches(/w\.json/)
      .and.matches(/rpcUrl/)
      .and.matches(/contracts\.ledger/)
      .and.matches(/privateKey/);
  });

  it("refuses a file that is not JSON, or absent", () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, "{");
    expect(() => readWorkerConfig(path)).to.throw(WorkerConfigError, "broken.json");
    expect(() => readWorkerConfig(join(folder, "absent.json"))).to.throw(WorkerConfigError, "ENOENT");
  });
});

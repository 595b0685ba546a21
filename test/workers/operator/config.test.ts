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

  it("takes the three kinds of finality, and the overlay only with its contract and a server", () => {
    const of = (finality: unknown, more: object = {}) =>
      parseWorkerConfig({ ...least, finality, ...more }, "w.json", folder).finality;
    expect(of({ kind: "instant" })).to.deep.equal({ kind: "instant" });
    expect(of({ kind: "client" })).to.deep.equal({ kind: "client" });
    const overlay = { kind: "overlay", peers: ["http://10.0.0.2:9000"], keystore: "signer.json" };
    const whole = { contracts: { ...least.contracts, finality: address }, http: { port: 0 } };
    expect(of(overlay, whole)).to.deep.equal({ ...overlay, keystore: join(folder, "signer.json") });
    for (const more of [{}, { http: whole.http }, { contracts: whole.contracts }]) {
      expect(() => of(overlay, more)).to.throw(
        WorkerConfigError,
        "the overlay needs contracts.finality, and http",
      );
    }
    expect(() => of({ kind: "soon" })).to.throw(WorkerConfigError, "finality.kind");
    expect(() => of({ kind: "instant", peers: [] })).to.throw(WorkerConfigError, "peers");
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
    expect(() => readWorkerConfig(join(folder, "absent.json"))).to.throw(
      WorkerConfigError,
      "there is no such file",
    );
  });
});

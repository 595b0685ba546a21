import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { describe, it } from "mocha";
import { createKeystore } from "../../workers/crypto/keystore.js";
import { bindIdentity } from "../../workers/store/bindIdentity.js";
import { openStore } from "../../workers/store/openStore.js";
import { saveStandingAlerts } from "../../workers/store/standingAlerts.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

describe("worker status, backup and restore", () => {
  const folder = join(temporaryFolder(), "worker");
  const workerConfig = join(folder, "worker.json");
  const database = join(folder, "worker.db");
  const ledger = `0x${"33".repeat(20)}`;
  const operator = new Wallet(`0x${"11".repeat(32)}`);

  it("show an alert that stands, copy a store that is in use, and bring it back", async () => {
    mkdirSync(folder);
    await createKeystore(join(folder, "key.json"), operator, "word", { scryptN: 1024 });
    const contracts = { consortium: `0x${"11".repeat(20)}`, registry: `0x${"22".repeat(20)}`, ledger };
    writeFileSync(
      workerConfig,
      JSON.stringify({
        rpcUrl: "http://127.0.0.1:9",
        chainId: 7,
        contracts,
        database: "worker.db",
        keystore: "key.json",
      }),
    );
    const out = join(folder, "copy.db");
    expect((await runTask("worker backup", { workerConfig, out })).error).to.match(/no such database/);

    const store = openStore(database);
    bindIdentity(store, { chainId: "7", genesisHash: "0x01", ledger, operator: operator.address });
    saveStandingAlerts(store, [{ name: "nodeDown", message: "no answer for 9 s", since: 1_700_000_000 }]);
    const shown = await runTask("worker status", { workerConfig, json: undefined });
    expect(shown.stdout).to.contain("ALERT nodeDown since 2023-11-14T22:13:20.000Z: no answer for 9 s");
    const copied = await jsonOf<object>("worker backup", { workerConfig, out });
    expect(copied).to.deep.include({ file: out, transactions: 0 });
    expect((await runTask("worker backup", { workerConfig, out })).error).to.match(/never written over/);
    expect((await runTask("worker backup", { workerConfig })).error).to.match(/--out FILE/);
    const restore = { workerConfig, from: out };
    expect((await runTask("worker restore", restore)).error).to.match(/in use by another worker/);
    store.close();
    expect((await runTask("worker restore", restore)).error).to.match(/exists; move it away first/);
    renameSync(database, `${database}.old`);
    expect((await runTask("worker restore", { workerConfig })).error).to.match(/--from FILE/);
    const back = await runTask("worker restore", restore);
    expect(back.error).to.equal(undefined);
    expect(back.stdout).to.contain("catches up with the chain before it signs");
    expect(readFileSync(database).length).to.be.above(0);
    const status = await jsonOf<{ alerts: object[] }>("worker status", { workerConfig });
    expect(status.alerts).to.have.length(1);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { describe, it } from "mocha";
import { bindIdentity, StoreForeignError } from "../../../workers/store/bindIdentity.js";
import { countMeasurements, insertMeasurement } from "../../../workers/store/measurements.js";
import { liveSubmission } from "../../../workers/store/journal.js";
import { nextNonce, reserveSend, SendDuplicateError, signedForms } from "../../../workers/store/sends.js";
import { migrations } from "../../../workers/store/migrations.js";
import { openStore, StoreLockedError, StoreTooNewError } from "../../../workers/store/openStore.js";
import { transaction } from "../../../workers/store/transaction.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const reading = {
  slot: 1,
  meter: "m",
  counts: 5,
  powerUnitKw: 1,
  quality: "good",
  path: "f",
  line: 1,
} as const;

describe("openStore", () => {
  const folder = temporaryFolder();

  it("refuses a second writer, in this process and from another, until the first is gone", async () => {
    const path = join(folder, "locked.db");
    const first = openStore(path);
    expect(() => openStore(path)).to.throw(StoreLockedError, path);
    first.close();

    const script = `
      const { openStore } = await import(${JSON.stringify(new URL("../../../workers/store/openStore.ts", import.meta.url).href)});
      openStore(${JSON.stringify(path)});
      console.log("open");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(() => openStore(path)).to.throw(StoreLockedError);
    // The lock dies with its holder, even when it is killed.
    child.kill("SIGKILL");
    await once(child, "exit");
    openStore(path).close();
  });

  it("lets a reader look while it is open for writing", () => {
    const path = join(folder, "read.db");
    const writer = openStore(path);
    insertMeasurement(writer, reading);
    const reader = openStore(path, { readOnly: true });
    expect(countMeasurements(reader)).to.equal(1);
    expect(() => insertMeasurement(reader, { ...reading, slot: 2 })).to.throw(/readonly/);
    reader.close();
    writer.close();
  });

  it("keeps what it has when opened again, and refuses the schema of a newer release", () => {
    const path = join(folder, "again.db");
    const first = openStore(path);
    insertMeasurement(first, reading);
    first.close();
    const again = openStore(path);
    expect(countMeasurements(again)).to.equal(1);
    again.close();

    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
    expect(() => openStore(path)).to.throw(StoreTooNewError, "999");
    // A refused opening leaves no lock behind.
    expect(() => openStore(path)).to.throw(StoreTooNewError);
  });

  it("brings the journal of the first release along", () => {
    const path = join(folder, "old.db");
    const old = new DatabaseSync(path);
    old.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    old.exec(
      `INSERT INTO submissions (id, slot, kind, payload, nonce, raw, hash, state, at)
       VALUES (7, 3, 'settle', x'0102', 5, '0xaa', '0xbb', 'broadcast', 9)`,
    );
    old.close();
    const store = openStore(path);
    expect(liveSubmission(store, 3, "settle")).to.deep.include({
      id: 7,
      payload: Uint8Array.of(1, 2),
      nonce: 5,
      hash: "0xbb",
      state: "broadcast",
    });
    expect(signedForms(store, 7).map(({ raw, nonce }) => [raw, nonce])).to.deep.equal([["0xaa", 5]]);
    // One live transaction a slot and kind, as before.
    const call = { purpose: "settle 3", to: "0x1", data: "0x", gas: 1n, at: 10 };
    expect(() => reserveSend(store, call, nextNonce(store, 0))).to.throw(SendDuplicateError);
    expect(nextNonce(store, 0)).to.equal(6);
    store.close();
  });

  it("belongs to one chain, ledger and operator", () => {
    const store = openStore(":memory:");
    const identity = { chainId: "31337", genesisHash: "0x00", ledger: "0xAA", operator: "0xBB" };
    bindIdentity(store, identity);
    bindIdentity(store, { ...identity, ledger: "0xaa" });
    expect(() => bindIdentity(store, { ...identity, operator: "0xCC" })).to.throw(
      StoreForeignError,
      "operator",
    );
    store.close();
  });

  it("undoes a transaction that throws, as a whole", () => {
    const store = openStore(":memory:");
    const work = (): void =>
      transaction(store, () => {
        insertMeasurement(store, reading);
        transaction(store, () => insertMeasurement(store, { ...reading, slot: 2 }));
        throw new Error("stop");
      });
    expect(work).to.throw("stop");
    expect(countMeasurements(store)).to.equal(0);
    store.close();
  });
});

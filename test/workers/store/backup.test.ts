import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import {
  FinalityJournalError,
  journalAttestations,
  lastSigned,
  latestFinal,
  noteFinal,
  openFinalityJournal,
} from "../../../workers/finality/journal.js";
import { backupStore } from "../../../workers/store/backupStore.js";
import { bindIdentity } from "../../../workers/store/bindIdentity.js";
import { moveCursor, readCursor } from "../../../workers/store/cursor.js";
import { openStore, type Store } from "../../../workers/store/openStore.js";
import { readRestored } from "../../../workers/store/restored.js";
import { restoreStore } from "../../../workers/store/restoreStore.js";
import { transaction } from "../../../workers/store/transaction.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const identity = { chainId: "7", genesisHash: "0x01", ledger: "0xaa", operator: "0xbb" };

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "done",
    (error: unknown) => String(error),
  );
}

describe("backup and restore of a store", () => {
  const folder = temporaryFolder();
  let round = 0;
  const fresh = (): string => join(folder, `store${++round}.db`);

  function worker(block: number): Store {
    const store = openStore(fresh());
    bindIdentity(store, identity);
    moveCursor(store, { block, hash: "0x05" });
    return store;
  }
  it("copies a store that is open and being written to, as it stood at one moment", async () => {
    const store = worker(5);
    const out = `${store.path}.backup`;
    // A transaction under way is not in it.
    store.database.exec("BEGIN IMMEDIATE");
    moveCursor(store, { block: 6, hash: "0x06" });
    expect(await backupStore(store.path, out)).to.deep.equal({ identity, block: 5, transactions: 0 });
    store.database.exec("COMMIT");
    expect(statSync(out).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).to.deep.equal([]);
    store.close();

    const database = fresh();
    expect(await restoreStore(out, database, identity, 99)).to.deep.include({ block: 5 });
    expect(statSync(database).mode & 0o777).to.equal(0o600);
    const restored = openStore(database);
    expect(readCursor(restored)).to.deep.equal({ block: 5, hash: "0x05" });
    expect(readRestored(restored)).to.deep.equal({ at: 99, block: undefined });
    restored.close();
  });

  it("does not bring back an old journal of signatures: it begins anew, above the chain's height", async () => {
    const store = worker(5);
    const owner = { overlay: "0xcc", seat: 1 };
    expect(openFinalityJournal(store, owner, 3)).to.equal(3);
    const block = { number: 4, hash: "0x04" };
    journalAttestations(store, 0, [block], undefined);
    noteFinal(store, { epoch: 0, ...block, attestations: [] });
    const out = `${store.path}.backup`;
    await backupStore(store.path, out);
    journalAttestations(store, 0, [{ number: 5, hash: "0x05" }], block);
    store.close();
    const database = fresh();
    await restoreStore(out, database, identity, 1);
    const restored = openStore(database);
    expect(lastSigned(restored)).to.equal(undefined);
    expect(openFinalityJournal(restored, owner, 9)).to.equal(9);
    const again = (): unknown => journalAttestations(restored, 0, [{ number: 5, hash: "0x55" }], undefined);
    expect(again).to.throw(FinalityJournalError, "block 5 is not above 9");
    expect(latestFinal(restored)?.number).to.equal(4);
    restored.close();
  });

  it("writes over nothing", async () => {
    const store = worker(5);
    const out = `${store.path}.backup`;
    writeFileSync(out, "mine");
    expect(await failure(backupStore(store.path, out))).to.match(/exists, and is never written over/);
    expect(readFileSync(out, "utf8")).to.equal("mine");
    await backupStore(store.path, `${out}2`);
    store.close();
    expect(await failure(restoreStore(`${out}2`, store.path, identity, 1))).to.match(/exists; move it away/);
    const other = fresh();
    writeFileSync(`${other}-wal`, "");
    expect(await failure(restoreStore(`${out}2`, other, identity, 1))).to.match(/-wal: exists; move it away/);
    expect(existsSync(other)).to.equal(false);
  });

  it("refuses a store that a worker has open, though its file is gone", async () => {
    const store = worker(5);
    const out = `${store.path}.backup`;
    await backupStore(store.path, out);
    expect(await failure(restoreStore(out, store.path, identity, 1))).to.match(
      /already in use by another worker/,
    );
    store.close();
  });

  it("refuses a backup of another operator, chain or ledger", async () => {
    const store = worker(5);
    const out = `${store.path}.backup`;
    await backupStore(store.path, out);
    store.close();
    for (const key of ["chainId", "ledger", "operator"] as const) {
      const database = fresh();
      expect(await failure(restoreStore(out, database, { ...identity, [key]: "0xother" }, 1))).to.match(
        new RegExp(`belongs to ${key} ${identity[key]}, not 0xother`),
      );
      expect(existsSync(database)).to.equal(false);
    }
  });

  // Damaged inside a page in the middle, in the last case.
  for (const [name, damage] of [
    ["empty", () => new Uint8Array(0)],
    ["no database", () => Buffer.from("not a database, whatever its name says".repeat(20))],
    ["half there", (bytes) => bytes.subarray(0, bytes.length / 2)],
    ["damaged", (bytes) => Buffer.from(bytes).fill(0xff, bytes.length / 2, bytes.length / 2 + 4096)],
  ] as [string, (bytes: Uint8Array) => Uint8Array][]) {
    it(`refuses a backup that is ${name}, and leaves nothing behind`, async () => {
      const store = worker(5);
      transaction(store, () => {
        const insert = store.prepare(
          "INSERT INTO problems (path, line, code, message, at) VALUES ('p', ?, 'c', ?, 1)",
        );
        for (let i = 0; i < 300; i++) insert.run(i, "x".repeat(500));
      });
      const out = `${store.path}.backup`;
      await backupStore(store.path, out);
      store.close();
      const from = `${out}.${name}`;
      writeFileSync(from, damage(readFileSync(out)));
      const database = fresh();
      expect(await failure(restoreStore(from, database, identity, 1))).to.match(/^StoreBackupError: /);
      expect(existsSync(database)).to.equal(false);
    });
  }

  it("refuses what is absent, or belongs to nobody yet", async () => {
    expect(await failure(restoreStore(join(folder, "none"), fresh(), identity, 1))).to.match(/no such file/);
    const nobody = openStore(fresh());
    nobody.close();
    expect(await failure(backupStore(nobody.path, `${nobody.path}.backup`))).to.match(
      /belongs to no operator/,
    );
    expect(existsSync(`${nobody.path}.backup`)).to.equal(false);
    expect(await failure(backupStore(fresh(), join(folder, "no.backup")))).to.match(/no such database/);
  });
});

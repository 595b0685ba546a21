import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { BlockId } from "../../../../workers/finality/types.js";
import { DatabaseForeignError } from "../../../../workers/metering/mdms/database/errors.js";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import { openExisting } from "../../../../workers/metering/mdms/database/openExisting.js";
import type { Database } from "../../../../workers/metering/mdms/database/types.js";
import { deleteUsage } from "../../../../workers/metering/mdms/store/deleteUsage.js";
import { deletedUntil } from "../../../../workers/metering/mdms/store/deletedUntil.js";
import { findingsOf } from "../../../../workers/metering/mdms/store/findings.js";
import { bindMdms, MdmsForeignError } from "../../../../workers/metering/mdms/store/identity.js";
import {
  installationsAt,
  InstallationError,
  installMeter,
} from "../../../../workers/metering/mdms/store/installations.js";
import { intervalsOf, replacedOf } from "../../../../workers/metering/mdms/store/intervals.js";
import {
  moveIn,
  moveOut,
  occupanciesOf,
  OccupancyError,
} from "../../../../workers/metering/mdms/store/occupancies.js";
import { openReports } from "../../../../workers/metering/mdms/store/openReports.js";
import { ProgressMovedError, readProgress } from "../../../../workers/metering/mdms/store/progress.js";
import {
  type ChainReport,
  countReports,
  rewindReports,
  takeReports,
} from "../../../../workers/metering/mdms/store/reports.js";
import { validateAndEstimate } from "../../../../workers/metering/mdms/vee/validateAndEstimate.js";
import { ReportRefusedError } from "../../../../workers/metering/report/errors.js";
import type { OpenedUsage } from "../../../../workers/metering/report/types.js";
import { packUsage, unpackUsage } from "../../../../workers/metering/report/usagePlaintext.js";
import { openPostgres, type TestPostgres } from "../../../support/openPostgres.js";
import { eventually } from "../../../support/eventually.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const HALF_HOUR = 1_800;
const DAY = 86_400;
/** A Monday, midnight. */
const MONDAY = Date.UTC(2026, 0, 5) / 1_000;

const block = (number: number, branch = "a"): BlockId => ({ number, hash: `0x${branch}${number}` });

/** A report whose payload is its usage in clear: opening it is another test's matter. */
function report(meter: number, tau: number, usageWh: number, registerWh: number, at = 1): ChainReport {
  const payload = packUsage({ usageWh, registerWh });
  return { meter, tau, epoch: 1, payload, transactionHash: `0x${meter}${tau}`, block: at, blockTime: at };
}

const open = ({ payload }: ChainReport): OpenedUsage => unpackUsage(payload);
/** Whose keys are lost but that of epoch 4. */
const openOfFour = (one: ChainReport): OpenedUsage | undefined => (one.epoch === 4 ? open(one) : undefined);

function suite(fresh: () => Promise<{ where: string; database: Database }>): void {
  it("keeps each report once, whichever instance stores it", async () => {
    const { where, database } = await fresh();
    const other = await openDatabase(where);
    await takeReports(database, undefined, [block(1)], [report(7, MONDAY, 100, 100)]);
    // Another instance that began at the same place is told so, and stores nothing of its own.
    const error = await takeReports(other, undefined, [block(1), block(2)], [report(7, MONDAY, 1, 1)]).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(ProgressMovedError);
    const from = await readProgress(other);
    expect(from).to.deep.equal(block(1));
    await takeReports(other, from, [block(2)], [report(7, MONDAY, 999, 999, 2), report(8, MONDAY, 5, 5, 2)]);
    expect(await countReports(database)).to.deep.equal({ sealed: 2 });
    await installMeter(database, 7, "P7", MONDAY - DAY);
    await installMeter(database, 8, "P8", MONDAY - DAY);
    const results = await Promise.all([openReports(database, 2, 10, open), openReports(other, 2, 10, open)]);
    expect(results.reduce((sum, { opened }) => sum + opened, 0)).to.equal(2);
    expect(await intervalsOf(database, "P7", 0, MONDAY)).to.have.lengthOf(1);
    expect((await intervalsOf(database, "P7", 0, MONDAY))[0]).to.include({
      energyWh: 100,
      quality: "measured",
    });
    await other.close();
    await database.close();
  });

  it("stores a stretch of blocks whole or not at all", async () => {
    const { database } = await fresh();
    const broken = { ...report(1, MONDAY, 1, 1), epoch: undefined as unknown as number };
    const failed = await takeReports(
      database,
      undefined,
      [block(1)],
      [report(2, MONDAY, 1, 1), broken],
    ).catch(() => "refused");
    expect(failed).to.equal("refused");
    expect(await readProgress(database)).to.equal(undefined);
    expect(await countReports(database)).to.deep.equal({});
    await database.close();
  });

  it("takes back what a lost branch said", async () => {
    const { database } = await fresh();
    await installMeter(database, 7, "P", MONDAY - DAY);
    await takeReports(database, undefined, [block(1)], [report(7, MONDAY, 100, 100, 1)]);
    const lost = [report(7, MONDAY + HALF_HOUR, 50, 150, 2)];
    await takeReports(database, block(1), [block(2)], lost);
    await openReports(database, 2, 10, open);
    expect(await intervalsOf(database, "P", 0, MONDAY + DAY)).to.have.lengthOf(2);
    expect(await rewindReports(database, block(2), block(1))).to.equal(1);
    expect(await readProgress(database)).to.deep.equal(block(1));
    expect((await intervalsOf(database, "P", 0, MONDAY + DAY)).map(({ tau }) => tau)).to.deep.equal([MONDAY]);
    const again = [report(7, MONDAY + HALF_HOUR, 60, 160, 2)];
    await takeReports(database, block(1), [block(2, "b")], again);
    await openReports(database, 2, 10, open);
    expect((await intervalsOf(database, "P", MONDAY, MONDAY + DAY))[0]).to.include({ energyWh: 60 });
    await database.close();
  });

  it("leaves a report sealed until its key and its place are known, and says why one cannot be read", async () => {
    const { database } = await fresh();
    const reports = [report(1, MONDAY, 10, 10), report(2, MONDAY, 20, 20), report(3, MONDAY, 30, 30)];
    await takeReports(database, undefined, [block(1)], reports);
    await installMeter(database, 1, "P1", MONDAY - DAY);
    await installMeter(database, 2, "P2", MONDAY - DAY);
    const opener = (one: ChainReport): OpenedUsage | undefined => {
      if (one.meter === 2) throw new ReportRefusedError("undecryptable", "not what the meter sealed");
      return one.meter === 1 ? undefined : open(one);
    };
    expect(await openReports(database, 1, 10, opener)).to.deep.equal({
      opened: 0,
      unreadable: 1,
      firstUnreadable: {
        meter: 2,
        tau: MONDAY,
        reason: "usage report refused (undecryptable): not what the meter sealed",
      },
      waiting: 2,
    });
    await installMeter(database, 3, "P3", MONDAY - DAY);
    expect(await openReports(database, 1, 10, open)).to.deep.equal({ opened: 2, unreadable: 0, waiting: 0 });
    expect(await countReports(database)).to.deep.equal({ opened: 2, unreadable: 1 });
    expect(await openReports(database, 0, 10, open)).to.deep.equal({ opened: 0, unreadable: 0, waiting: 0 });
    await database.close();
  });

  it("opens what can be opened, however many older reports wait for a key or a usage point", async () => {
    const { database } = await fresh();
    const LIMIT = 10;
    const many = (meter: number, epoch: number): ChainReport[] =>
      Array.from({ length: LIMIT + 1 }, (_, i) => ({
        ...report(meter, MONDAY + i * HALF_HOUR, 1, 1, epoch),
        epoch,
      }));
    const strays = many(9, 1);
    const sealed = [...strays, ...many(1, 2), ...many(2, 3), ...many(3, 4)];
    await takeReports(database, undefined, [block(4)], sealed);
    for (const meter of [1, 2, 3]) await installMeter(database, meter, `P${meter}`, MONDAY - DAY);
    const waiting = 3 * (LIMIT + 1);
    const turn = (): ReturnType<typeof openReports> => openReports(database, 4, LIMIT, openOfFour);
    expect(await turn()).to.deep.equal({ opened: LIMIT, unreadable: 0, waiting });
    expect(await turn()).to.deep.equal({ opened: 1, unreadable: 0, waiting });
    expect(await turn()).to.deep.equal({ opened: 0, unreadable: 0, waiting });
    expect(await countReports(database)).to.deep.equal({ opened: LIMIT + 1, sealed: waiting });
    await database.close();
  });

  it("opens what it can, however many reports of meters in stock wait before", async () => {
    const { database } = await fresh();
    const reports = [1, 2, 3].map((meter) => report(meter, MONDAY, 10, 10));
    await takeReports(database, undefined, [block(1)], reports);
    await installMeter(database, 3, "P3", MONDAY - DAY);
    expect(await openReports(database, 1, 2, open)).to.deep.equal({ opened: 1, unreadable: 0, waiting: 2 });
  });

  it("leaves a report sealed where its opening fails for another reason: it can be read later", async () => {
    const { database } = await fresh();
    await takeReports(
      database,
      undefined,
      [block(1)],
      [report(1, MONDAY, 10, 10), report(2, MONDAY, 20, 20)],
    );
    for (const meter of [1, 2]) await installMeter(database, meter, `P${meter}`, MONDAY - DAY);
    const away = (one: ChainReport): OpenedUsage | undefined => {
      if (one.meter === 2) throw new Error("the node does not answer");
      return open(one);
    };
    const error = await openReports(database, 1, 10, away).catch((e: unknown) => e);
    expect(String(error)).to.contain("does not answer");
    expect(await countReports(database)).to.deep.equal({ sealed: 2 });
    expect(await openReports(database, 1, 10, open)).to.deep.equal({ opened: 2, unreadable: 0, waiting: 0 });
    await database.close();
  });

  it("estimates what is missing, and puts a late report in its place with the estimate kept", async () => {
    const { database } = await fresh();
    await installMeter(database, 7, "P", MONDAY);
    const late = MONDAY + 10 * HALF_HOUR;
    let register = 0;
    const all = Array.from({ length: 48 }, (_, i) => {
      const energy = 100 + 10 * i;
      register += energy;
      return report(7, MONDAY + (i + 1) * HALF_HOUR, energy, register);
    });
    await takeReports(
      database,
      undefined,
      [block(1)],
      all.filter(({ tau }) => tau !== late),
    );
    await openReports(database, 1, 100, open);
    const first = await validateAndEstimate(database, "P", MONDAY, MONDAY + DAY, HALF_HOUR);
    expect(first.estimated).to.equal(1);
    expect(first.findings.map(({ kind, tau }) => [kind, tau])).to.deep.equal([["gap", late]]);
    const [estimate] = await intervalsOf(database, "P", late - 1, late);
    // The register tells the one missing interval exactly.
    expect(estimate).to.include({
      energyWh: 190,
      quality: "estimated",
      method: "linear+register",
      errorWh: 0,
    });

    const again = await validateAndEstimate(database, "P", MONDAY, MONDAY + DAY, HALF_HOUR);
    expect(again.estimated).to.equal(0);
    await takeReports(
      database,
      block(1),
      [block(2)],
      all.filter(({ tau }) => tau === late).map((one) => ({ ...one, block: 2 })),
    );
    await openReports(database, 2, 100, open);
    expect((await intervalsOf(database, "P", late - 1, late))[0]).to.include({
      energyWh: 190,
      quality: "measured",
    });
    const [old] = await replacedOf(database, "P", MONDAY, MONDAY + DAY);
    expect(old).to.include({
      tau: late,
      quality: "estimated",
      reason: "the meter's report came",
      revision: 1,
    });
    await validateAndEstimate(database, "P", MONDAY, MONDAY + DAY, HALF_HOUR);
    expect(await findingsOf(database, "P", MONDAY, MONDAY + DAY)).to.deep.equal([]);
    await database.close();
  });

  it("exchanges a meter: each measures its own time", async () => {
    const { database } = await fresh();
    await installMeter(database, 1, "P", MONDAY);
    await installMeter(database, 2, "P", MONDAY + DAY);
    await installMeter(database, 2, "P", MONDAY + DAY);
    expect(await installationsAt(database, "P")).to.deep.equal([
      { meter: 1, usagePoint: "P", since: MONDAY, until: MONDAY + DAY },
      { meter: 2, usagePoint: "P", since: MONDAY + DAY, until: undefined },
    ]);
    const errors = await Promise.all([
      installMeter(database, 1, "Q", MONDAY + 2 * DAY).catch((e: unknown) => e),
      installMeter(database, 3, "P", MONDAY + DAY / 2).catch((e: unknown) => e),
      // Meter 2 would have measured nothing.
      installMeter(database, 3, "P", MONDAY + DAY).catch((e: unknown) => e),
    ]);
    for (const error of errors) expect(error).to.be.instanceOf(InstallationError);
    const reports = [
      report(1, MONDAY + DAY, 10, 10),
      report(1, MONDAY + DAY + HALF_HOUR, 11, 21),
      report(2, MONDAY + DAY + HALF_HOUR, 12, 12),
    ];
    await takeReports(database, undefined, [block(1)], reports);
    const firstUnreadable = {
      meter: 1,
      tau: MONDAY + DAY + HALF_HOUR,
      reason: "meter 1 was not at P then",
    };
    expect(await openReports(database, 1, 10, open)).to.deep.equal({
      opened: 2,
      unreadable: 1,
      firstUnreadable,
      waiting: 0,
    });
    const intervals = await intervalsOf(database, "P", MONDAY, MONDAY + 2 * DAY);
    expect(intervals.map(({ energyWh, meter }) => [energyWh, meter])).to.deep.equal([
      [10, 1],
      [12, 2],
    ]);
    await database.close();
  });

  it("knows who lived there", async () => {
    const { database } = await fresh();
    await moveIn(database, "P", "Adam", MONDAY);
    await moveIn(database, "P", "Beth", MONDAY + DAY);
    await moveOut(database, "P", MONDAY + 2 * DAY);
    expect(await occupanciesOf(database, "P")).to.deep.equal([
      { usagePoint: "P", customer: "Adam", since: MONDAY, until: MONDAY + DAY },
      { usagePoint: "P", customer: "Beth", since: MONDAY + DAY, until: MONDAY + 2 * DAY },
    ]);
    const errors = await Promise.all([
      moveOut(database, "P", MONDAY + 3 * DAY).catch((e: unknown) => e),
      moveIn(database, "P", "Carl", MONDAY + DAY).catch((e: unknown) => e),
      moveIn(database, "P", " ", MONDAY + 3 * DAY).catch((e: unknown) => e),
      moveIn(database, "P", "Carl\u0007", MONDAY + 3 * DAY).catch((e: unknown) => e),
    ]);
    for (const error of errors) expect(error).to.be.instanceOf(OccupancyError);
    await database.close();
  });

  it("deletes what a usage point used, for good", async () => {
    const { database } = await fresh();
    await installMeter(database, 7, "P", MONDAY - DAY);
    const reports = [report(7, MONDAY, 1, 1), report(7, MONDAY + HALF_HOUR, 2, 3)];
    await takeReports(database, undefined, [block(1)], reports);
    await openReports(database, 1, 10, open);
    expect(await deleteUsage(database, "P", MONDAY, 1_000, "retention")).to.deep.equal({
      intervals: 1,
      reports: 1,
    });
    expect((await intervalsOf(database, "P", 0, MONDAY + DAY)).map(({ energyWh }) => energyWh)).to.deep.equal(
      [2],
    );
    expect(await countReports(database)).to.deep.equal({ deleted: 1, opened: 1 });
    // The same report read again does not bring it back.
    await takeReports(database, block(1), [block(2)], [report(7, MONDAY, 1, 1, 2)]);
    await openReports(database, 2, 10, open);
    expect(await intervalsOf(database, "P", 0, MONDAY)).to.deep.equal([]);
    await database.close();
  });

  it("deletes what is not opened or not reported yet, and writes it down", async () => {
    const { database } = await fresh();
    await installMeter(database, 7, "P", MONDAY - DAY);
    await installMeter(database, 8, "Q", MONDAY - DAY);
    await takeReports(database, undefined, [block(1)], [report(7, MONDAY, 1, 1)]);
    expect(await deleteUsage(database, "P", MONDAY, 1_000, "asked for")).to.deep.equal({
      intervals: 0,
      reports: 1,
    });
    expect(await deletedUntil(database, "P")).to.equal(MONDAY);
    const none = { intervals: 0, reports: 0 };
    // Asked for again, it is written down once.
    expect(await deleteUsage(database, "P", MONDAY, 1_001, "asked for")).to.deep.equal(none);
    expect(await deleteUsage(database, "Q", MONDAY, 1_000, "moved")).to.deep.equal(none);
    expect(
      await database.all("SELECT at, usage_point, intervals, reason FROM deletions ORDER BY usage_point"),
    ).to.deep.equal([
      { at: 1_000, usage_point: "P", intervals: 0, reason: "asked for" },
      { at: 1_000, usage_point: "Q", intervals: 0, reason: "moved" },
    ]);
    // Late reports of the deleted time, and one of the time after it.
    const late = [report(7, MONDAY - HALF_HOUR, 1, 1, 2), report(8, MONDAY, 1, 1, 2)];
    await takeReports(database, block(1), [block(2)], [...late, report(8, MONDAY + HALF_HOUR, 2, 3, 2)]);
    expect(await openReports(database, 2, 10, open)).to.deep.equal({ opened: 1, unreadable: 0, waiting: 0 });
    expect(await countReports(database)).to.deep.equal({ deleted: 3, opened: 1 });
    expect(await intervalsOf(database, "P", 0, MONDAY + DAY)).to.deep.equal([]);
    expect((await intervalsOf(database, "Q", 0, MONDAY + DAY)).map(({ tau }) => tau)).to.deep.equal([
      MONDAY + HALF_HOUR,
    ]);
    const payloads = await database.all<{ payload: unknown }>("SELECT payload FROM reports");
    expect(payloads.map(({ payload }) => payload)).to.deep.equal([null, null, null, null]);
    await database.close();
  });

  it("belongs to one chain, contract and MDMS", async () => {
    const { database } = await fresh();
    await bindMdms(database, { chainId: "1", contract: "0xAB" });
    await bindMdms(database, { chainId: "1", contract: "0xab" });
    const error = await bindMdms(database, { chainId: "1", contract: "0xcd" }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(MdmsForeignError);
    expect((error as Error).message).to.contain("contract 0xab, not 0xcd");
    await database.close();
  });
}

describe("the MDMS's store on SQLite", () => {
  const folder = temporaryFolder();
  let made = 0;
  suite(async () => {
    const where = join(folder, `${made++}.sqlite`);
    return { where, database: await openDatabase(where) };
  });
});

describe("the MDMS's store on PostgreSQL", function () {
  this.timeout(60_000);
  let server: TestPostgres | undefined;
  let made = 0;
  before(async function () {
    server = await openPostgres();
    if (server === undefined) this.skip();
  });
  after(async () => server?.stop());
  suite(async () => {
    const where = server!.create(`mdms${made++}`);
    return { where, database: await openDatabase(where) };
  });

  it("is not made in a database that is another's", async () => {
    const where = server!.create("anothers");
    const error = await openExisting(where).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(DatabaseForeignError);
    const database = await openDatabase(where);
    await (await openExisting(where)).close();
    await database.close();
  });

  it("outlives the server's ending of its connections, in the middle of a transaction too", async () => {
    const where = server!.create("ended");
    const [database, other] = [await openDatabase(where), await openDatabase(where)];
    const others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    const cut = await database
      .transaction(async (session) => {
        await session.run("INSERT INTO serials (meter, serial) VALUES (1, 'SN-1')");
        await other.all(`SELECT pg_terminate_backend(pid) ${others}`);
        // The end of the connection is heard between two statements.
        await eventually(
          "they are ended",
          async () => (await other.all(`SELECT pid ${others}`)).length === 0,
        );
        await session.run("INSERT INTO serials (meter, serial) VALUES (2, 'SN-2')");
      })
      .catch((error: unknown) => error);
    expect(cut).to.be.instanceOf(Error);
    await database.run("INSERT INTO serials (meter, serial) VALUES (3, 'SN-3')");
    expect(await database.all("SELECT meter FROM serials")).to.deep.equal([{ meter: 3 }]);
    await database.close();
    await other.close();
  });
});

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { before, describe, it } from "mocha";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import type { Completeness } from "../../workers/metering/mdms/completeness.js";
import type { UsageDay } from "../../workers/metering/mdms/dayOf.js";
import { installMeter } from "../../workers/metering/mdms/store/installations.js";
import { putInterval } from "../../workers/metering/mdms/store/intervals.js";
import { moveIn } from "../../workers/metering/mdms/store/occupancies.js";
import { takeReports } from "../../workers/metering/mdms/store/reports.js";
import { putSerial } from "../../workers/metering/mdms/store/serials.js";
import type { Vee } from "../../workers/metering/mdms/vee/validateAndEstimate.js";
import { greenButtonFaults } from "../support/greenButtonSchema.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const HALF_HOUR = 1_800;
const DAY = 86_400;
const MONDAY = Date.UTC(2026, 0, 5) / 1_000;
const MISSING = new Set([20, 21, 22]);

/** Wh of the n-th interval, from 1. */
const wattHours = (n: number): number => 100 + (n % 48);

describe("the tasks over the MDMS's database", () => {
  const folder = temporaryFolder();
  const database = join(folder, "mdms.sqlite");

  before(async () => {
    const open = await openDatabase(database);
    await installMeter(open, 7, "MAC000002", MONDAY);
    await installMeter(open, 8, "MAC000003", MONDAY);
    await putSerial(open, 7, "SN-7");
    await putSerial(open, 9, "SN-9");
    await moveIn(open, "MAC000002", "Ada", MONDAY);
    await moveIn(open, "MAC000002", "Ben", MONDAY + 36 * 3_600);
    let register = 0;
    const reports = [];
    for (let n = 1; n <= 96; n++) {
      const tau = MONDAY + n * HALF_HOUR;
      register += wattHours(n);
      if (MISSING.has(n)) continue;
      await putInterval(
        open,
        {
          usagePoint: "MAC000002",
          tau,
          energyWh: wattHours(n),
          quality: "measured",
          meter: 7,
          registerWh: register % 65_536,
          method: undefined,
          errorWh: undefined,
        },
        "",
      );
      const at = { epoch: 1, payload: new Uint8Array(158), transactionHash: "0x", block: 1, blockTime: tau };
      reports.push({ meter: 7, tau, ...at });
    }
    await takeReports(open, undefined, [{ number: 1, hash: "0x01" }], reports);
    await open.close();
  });

  it("show what is missing, and no more complete than it is", async () => {
    const gaps = await jsonOf<{ percent: number; intervalSeconds: number; usagePoints: Completeness[] }>(
      "metering gaps",
      { database },
    );
    expect(gaps.intervalSeconds).to.equal(HALF_HOUR);
    const [first, silent] = gaps.usagePoints;
    expect(first).to.deep.include({ usagePoint: "MAC000002", meters: [7], expected: 96, measured: 93 });
    expect(first!.missing).to.deep.equal([
      { first: MONDAY + 20 * HALF_HOUR, last: MONDAY + 22 * HALF_HOUR, intervals: 3, estimated: 0 },
    ]);
    // A meter that never said a word lacks everything.
    expect(silent).to.deep.include({ usagePoint: "MAC000003", expected: 96, measured: 0, percent: 0 });
    expect(gaps.percent).to.equal((100 * 93) / 192);
    const text = await runTask("metering gaps", { database, meter: "SN-7" });
    expect(text.stdout).to.include("96.87 %").and.not.include("MAC000003");
  });

  it("estimate what is missing, to the Wh that the register moved, and show it as estimated", async () => {
    const validated = await jsonOf<{ usagePoints: (Vee & { usagePoint: string })[] }>("metering validate", {
      database,
      meter: "7",
    });
    expect(validated.usagePoints[0]).to.deep.include({
      usagePoint: "MAC000002",
      estimated: 3,
      unestimated: 0,
    });
    expect(validated.usagePoints[0]!.findings.map(({ kind }) => kind)).to.deep.equal(["gap"]);
    const day = await jsonOf<UsageDay & { customers: string[] }>("metering show", {
      meter: "MAC000002",
      day: "2026-01-05",
      database,
    });
    expect(day.intervals).to.have.lengthOf(48);
    expect(day.energyWh).to.equal(
      Array.from({ length: 48 }, (_, i) => wattHours(i + 1)).reduce((a, b) => a + b),
    );
    expect(day.customers).to.deep.equal(["Ada"]);
    const report = join(folder, "day.html");
    const shown = await runTask("metering show", { meter: "SN-7", day: "2026-01-05", database, report });
    const rows = shown.stdout.split("\n").filter((line) => line.includes("estimated:"));
    expect(rows).to.have.lengthOf(3);
    for (const row of rows) expect(row).to.include("░").and.include("±");
    expect(shown.stdout).to.include("gap").and.include("█");
    const page = readFileSync(report, "utf8");
    expect(page).to.include("<svg").and.include("3 intervals are missing");
    expect(statSync(report).mode & 0o777).to.equal(0o600);
  });

  it("validate the time that meters reported on, from anywhere in it", async () => {
    const validate = async (args: object): Promise<(Vee & { until: number })[]> =>
      (
        await jsonOf<{ usagePoints: (Vee & { until: number })[] }>("metering validate", {
          database,
          meter: "7",
          ...args,
        })
      ).usagePoints;
    const nothing = { until: MONDAY + 2 * DAY, findings: [], estimated: 0, unestimated: 0 };
    const [later] = await validate({ from: "2026-01-05T12:10Z", to: "2999-01-01" });
    expect(later).to.deep.include(nothing);
    const { error } = await runTask("metering validate", { database, from: "2026-01-06", to: "2026-01-05" });
    expect(error).to.include("--from 2026-01-06 is after --to 2026-01-05");
  });

  it("show the last day unless another is named, and say what they do not understand", async () => {
    const last = await jsonOf<UsageDay>("metering show", { meter: "7", database });
    expect(last.day).to.equal(MONDAY + DAY);
    const wrong = async (path: string, args: object): Promise<string | undefined> =>
      (await runTask(path, { database, ...args })).error;
    expect(await wrong("metering show", { meter: "MAC9" })).to.include("MAC9: no usage point");
    expect(await wrong("metering show", { meter: "7", day: "Monday" })).to.include("--day Monday: no time");
    expect(await wrong("metering show", { meter: "7", day: "2026-01-05T03:00Z" })).to.include("a date alone");
    expect(await wrong("metering show", { meter: "8" })).to.include("no interval is known");
    expect(await wrong("metering export", { meter: "7", out: "-", format: "pdf" })).to.include(
      "--format pdf",
    );
    expect(await wrong("metering export", { meter: "7", json: "-" })).to.include("--out");
    expect(await wrong("metering gaps", { database: join(folder, "none") })).to.include("no such database");
    const notes = join(folder, "notes.txt");
    writeFileSync(notes, "no database\n".repeat(100));
    expect(await wrong("metering gaps", { database: notes })).to.include("is no database of an MDMS");
    const concentrator = await runTask("metering replace-concentrator", { lost: "a", account: "b" });
    expect(concentrator.error).to.equal("a: is no account's address");
  });

  it("export what the published schema takes", async function () {
    this.timeout(60_000);
    const out = join(folder, "usage.xml");
    writeFileSync(out, "one that all could read");
    const made = await jsonOf<{ intervals: number; estimated: number; energyWh: number }>("metering export", {
      meter: "MAC000002",
      format: "green-button",
      out,
      database,
    });
    expect(made).to.deep.include({ intervals: 96, estimated: 3 });
    const xml = readFileSync(out, "utf8");
    const values = [...xml.matchAll(/<value>(\d+)</gu)].map(([, value]) => Number(value));
    expect(values).to.have.lengthOf(96);
    expect(values.reduce((a, b) => a + b)).to.equal(made.energyWh);
    expect(statSync(out).mode & 0o777).to.equal(0o600);
    const faults = await greenButtonFaults(xml);
    if (faults === undefined) {
      process.stdout.write("    skipped: ../shared/schemas/green-button is not here\n");
      this.skip();
    }
    expect(faults).to.deep.equal([]);
  });

  it("export a period, and a customer's own alone", async () => {
    const csv = async (args: object): Promise<string[]> => {
      const { stdout, error } = await runTask("metering export", {
        meter: "7",
        format: "csv",
        out: "-",
        database,
        ...args,
      });
      expect(error).to.equal(undefined);
      return stdout.trimEnd().split("\n").slice(1);
    };
    expect(await csv({})).to.have.lengthOf(96);
    expect(await csv({ from: "2026-01-05T12:00Z", to: "2026-01-05T13:00Z" })).to.deep.equal([
      `2026-01-05T12:00:00Z,2026-01-05T12:30:00Z,${wattHours(25)},measured,,`,
      `2026-01-05T12:30:00Z,2026-01-05T13:00:00Z,${wattHours(26)},measured,,`,
    ]);
    const ada = await csv({ customer: "Ada" });
    const ben = await csv({ customer: "Ben" });
    expect(ada.at(-1)).to.include(",2026-01-06T12:00:00Z,");
    expect(ben[0]).to.match(/^2026-01-06T12:00:00Z,/u);
    expect(ada.length + ben.length).to.equal(96);
    const { error } = await runTask("metering export", { meter: "7", customer: "Eve", out: "-", database });
    expect(error).to.include("Eve never lived there");
  });

  it("note exchanges and moves, and refuse what contradicts them", async () => {
    const at = "2026-01-07";
    const exchanged = await jsonOf<{ meters: { meter: number; until?: number }[] }>("metering exchange", {
      point: "MAC000002",
      newMeter: "9",
      at,
      database,
    });
    expect(exchanged.meters).to.deep.equal([
      { meter: 7, usagePoint: "MAC000002", since: MONDAY, until: MONDAY + 2 * DAY },
      { meter: 9, usagePoint: "MAC000002", since: MONDAY + 2 * DAY },
    ]);
    const again = await runTask("metering exchange", { point: "MAC000003", newMeter: "9", at, database });
    expect(again.error).to.include("installed at MAC000002 already");
    for (const [newMeter, when, said] of [
      ["9999", at, "9999: no usage point"],
      ["8", "2999-01-01", "--at 2999-01-01: is to come"],
    ]) {
      const refused = await runTask("metering exchange", {
        point: "MAC000003",
        newMeter,
        at: when,
        database,
      });
      expect(refused.error).to.include(said);
    }
    expect((await runTask("metering move-out", { point: "MAC000002", at, database })).error).to.equal(
      undefined,
    );
    const twice = await runTask("metering move-out", { point: "MAC000002", at, database });
    expect(twice.error).to.include("nobody lived there");
    const { occupancies } = await jsonOf<{ occupancies: { customer: string; until?: number }[] }>(
      "metering move-in",
      { point: "9", customer: "Cy", at, database },
    );
    expect(occupancies.map(({ customer, until }) => [customer, until])).to.deep.equal([
      ["Ada", MONDAY + 1.5 * DAY],
      ["Ben", MONDAY + 2 * DAY],
      ["Cy", undefined],
    ]);
  });

  it("delete, and do not bring back by an estimate what was deleted", async () => {
    const early = await runTask("metering delete", { point: "MAC000002", before: "2999-01-01", database });
    expect(early.error).to.include("--before 2999-01-01 is in the future");
    const deleted = await jsonOf<{ intervals: number; reports: number }>("metering delete", {
      point: "MAC000002",
      before: "2026-01-06",
      reason: "the customer asked",
      database,
    });
    expect(deleted).to.deep.include({ intervals: 48, reports: 45 });
    await jsonOf("metering validate", { meter: "MAC000002", database });
    const { stdout } = await runTask("metering export", {
      meter: "MAC000002",
      format: "csv",
      out: "-",
      database,
    });
    expect(stdout.trimEnd().split("\n")).to.have.lengthOf(49);
    const gaps = await jsonOf<{ usagePoints: Completeness[] }>("metering gaps", {
      meter: "MAC000002",
      database,
    });
    expect(gaps.usagePoints[0]).to.deep.include({ expected: 48, measured: 48, percent: 100, missing: [] });
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet, ZeroAddress } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { GridRegistry__factory } from "../../typechain-types/index.js";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import { proposeVersion, uploadVersion } from "../../workers/chain/gridVersions.js";
import { meterPlace, type ReadingDomain, signReading } from "../../workers/crypto/meterReading.js";
import { packLabels } from "../../workers/chain/versionLabels.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { noise } from "../../workers/grid/noise.js";
import { partition } from "../../workers/grid/partition.js";
import { powerFlow } from "../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../workers/grid/trueMeasurements.js";
import type { Meter } from "../../workers/grid/types.js";
import { buildVersion } from "../../workers/grid/version/buildVersion.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { near } from "../support/near.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["North", "East, Inc.", "South"];
const SLOT_SECONDS = 1_000;

interface Credits {
  readonly members: readonly { readonly name: string; readonly account: string; readonly credits: string }[];
  readonly total: string;
}

interface Settled {
  readonly slot: number;
  readonly closed: string;
  readonly missing: number;
  readonly objective: number | null;
  readonly threshold: number | null;
  readonly overStatement: number | null;
  readonly alarm: boolean;
  readonly suspect: {
    readonly meter: string;
    readonly owner: string;
    readonly normalisedResidual: number;
  } | null;
  readonly moved: readonly { readonly name: string; readonly moved: string }[];
}

interface Exported {
  readonly missing: number;
  readonly meters: readonly {
    readonly meter: string;
    readonly measured: number | null;
    readonly estimated: number;
    readonly residual: number | null;
    readonly normalisedResidual: number | null;
    readonly filled: boolean;
  }[];
  readonly buses: readonly { readonly bus: number; readonly angleRad: number }[];
  readonly lines: readonly { readonly line: number; readonly flowKw: number }[];
}

describe("the command line, from deployment to credits", () => {
  const folder = temporaryFolder();
  const deployment = join(folder, "deployed", "here.json");
  const at = (name: string): string => join(folder, name);
  const grid = compileGrid(builtinCase("ieee14"));
  const plan = defaultPlan(grid, partition(grid, NAMES));
  const flow = powerFlow(grid);
  const exact = trueMeasurements(grid, plan, flow);
  const ownerOf = (meter: string): string => plan.meters.find(({ id }) => id === meter)!.owner;

  let firstSlot = 0;
  /** What a complete slot without an alarm moves, by seat. */
  let usual: bigint[] = [];
  let genesis = 0;

  /** Moves the chain's time to the middle of a slot's own period, or that `later` slots after; never back. */
  const timeOf = async (slot: number, later = 0): Promise<void> => {
    const { networkHelpers } = await network.getOrCreate();
    const time = genesis + (slot + later) * SLOT_SECONDS + SLOT_SECONDS / 2;
    if (time > (await networkHelpers.time.latest())) await networkHelpers.time.increaseTo(time);
  };
  const csv = (name: string, values: ArrayLike<number>, change: Record<string, string> = {}): string => {
    const rows = plan.meters.map(({ id }, i) => `${id},${change[id] ?? values[i]}`);
    writeFileSync(at(name), `meter,value\n${rows.join("\n")}\n`);
    return at(name);
  };
  const startText = (slot: number): string => new Date(1000 * (genesis + slot * SLOT_SECONDS)).toISOString();
  const upload = async (slot: number, file: string): Promise<void> => {
    for (const as of NAMES) await jsonOf("slot upload", { deployment, slot, file, as });
  };

  before(async () => {
    const { ethers } = await network.getOrCreate();
    const accounts = await ethers.getSigners();
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 1]!.address }));
    const clock = { slotSeconds: SLOT_SECONDS, cutOffSlots: 1, expirySlots: 5 };
    writeFileSync(at("founders.json"), JSON.stringify({ founders, vetoSeconds: 60, clock }));
    genesis = (await ethers.provider.getBlock("latest"))!.timestamp;
    writeFileSync(at("plan.csv"), writePlanCsv(plan));
  });

  describe("deploy", () => {
    it("refuses founders that cannot be, naming each field", async () => {
      writeFileSync(
        at("bad.json"),
        JSON.stringify({ founders: [{ name: "", account: "0x12" }], deposit: -1 }),
      );
      const { error } = await runTask("deploy", { founders: at("bad.json"), deployment });
      expect(error).to.include("founders.0.name").and.include("founders.0.account").and.include("deposit");
    });

    it("founds the consortium and leaves the deployer without a role", async () => {
      const deployed = await jsonOf<{ deployerRoles: string[]; chainId: number }>("deploy", {
        founders: at("founders.json"),
        deployment,
      });
      expect(deployed.deployerRoles).to.deep.equal([]);
      const written = JSON.parse(readFileSync(deployment, "utf8")) as Record<string, unknown>;
      expect(Object.keys(written)).to.deep.equal(["network", "chainId", "fromBlock", "contracts"]);
      const credits = await jsonOf<Credits>("credits show", { deployment });
      expect(credits.members.map(({ name }) => name)).to.deep.equal(NAMES);
      expect(credits.total).to.equal("3000000000000");
    });

    it("changes nothing where these founders have deployed already", async () => {
      const stood = readFileSync(deployment, "utf8");
      const again = await jsonOf<{ changed: boolean; contracts: unknown }>("deploy", {
        founders: at("founders.json"),
        deployment,
      });
      expect(again.changed).to.equal(false);
      expect(readFileSync(deployment, "utf8")).to.equal(stood);
      expect((JSON.parse(stood) as typeof again).contracts).to.deep.equal(again.contracts);
    });

    it("does not replace a deployment of others that is in use unless told to", async () => {
      const { founders } = JSON.parse(readFileSync(at("founders.json"), "utf8")) as {
        founders: { name: string }[];
      };
      const others = founders.map((founder) => ({ ...founder, name: `${founder.name} again` }));
      writeFileSync(at("others.json"), JSON.stringify({ founders: others }));
      const { error } = await runTask("deploy", { founders: at("others.json"), deployment });
      expect(error).to.include("in use");
    });
  });

  describe("grid", () => {
    it("says what is wrong with a plan, by its line", async () => {
      writeFileSync(at("broken.csv"), "meter,kind,place,sigma,owner\nF1,flowFrom,999,800,North\n");
      const { error } = await runTask("grid propose", {
        deployment,
        file: "ieee14",
        plan: at("broken.csv"),
        as: "North",
      });
      expect(error).to.match(/broken\.csv:2: .*line 999/);
    });

    it("asks who signs where several could", async () => {
      const { error } = await runTask("grid propose", { deployment, file: "ieee14" });
      expect(error).to.include('"North", "East, Inc.", "South"');
    });

    it("proposes and proves a version, and will not activate it before everyone approved", async () => {
      const proposed = await jsonOf<{ version: number; changes: { owner: string; added: string[] }[] }>(
        "grid propose",
        { deployment, file: "ieee14", plan: at("plan.csv"), as: "North" },
      );
      expect(proposed.version).to.equal(1);
      expect(proposed.changes.flatMap(({ added }) => added)).to.have.members(plan.meters.map(({ id }) => id));
      await jsonOf("grid approve", { deployment, gridVersion: 1, as: "North" });
      const proved = await jsonOf<{ partsProved: number; partCount: number; vetoUntil: number }>(
        "grid prove",
        { deployment, gridVersion: 1 },
      );
      expect(proved.partsProved).to.equal(proved.partCount);
      const { networkHelpers } = await network.getOrCreate();
      await networkHelpers.time.increaseTo(proved.vetoUntil + 1);
      const { error } = await runTask("grid activate", { deployment, gridVersion: 1 });
      expect(error).to.match(/GridRegistryApprovalMissing\(version = 1, seat = [12]\)/);
    });

    it("activates it once they did", async () => {
      for (const as of NAMES.slice(1)) await jsonOf("grid approve", { deployment, gridVersion: 1, as });
      const activated = await jsonOf<{ nextSlot: number }>("grid activate", { deployment, gridVersion: 1 });
      firstSlot = activated.nextSlot;
      const shown = await jsonOf<{
        status: string;
        differences: string[];
        operators: { approved: boolean }[];
      }>("grid show", { deployment });
      expect(shown.status).to.equal("active");
      expect(shown.differences).to.deep.equal([]);
      expect(shown.operators.map(({ approved }) => approved)).to.deep.equal([true, true, true]);
    });

    it("says what the version in force would be without an operator", async () => {
      const { removed, observable } = await jsonOf<{ removed: Meter[]; observable: boolean }>(
        "grid without",
        { deployment, operator: "South", out: at("without.csv"), caseOut: at("case.json") },
      );
      const own = plan.meters.filter(({ owner }) => owner === "South");
      expect(removed).to.have.deep.members(own);
      expect(observable).to.equal(false);
      const left = await jsonOf<{ meters: number }>("grid inspect", {
        file: at("case.json"),
        plan: at("without.csv"),
      });
      expect(left.meters).to.equal(plan.meters.length - own.length);
    });

    it("ends a version that a member vetoes, in the contract's own words", async () => {
      await jsonOf("grid propose", { deployment, file: "ieee14", bothEnds: true, as: "South" });
      await jsonOf("grid veto", { deployment, gridVersion: 2, as: "East, Inc." });
      expect(
        (await jsonOf<{ status: string }>("grid show", { deployment, gridVersion: "2" })).status,
      ).to.equal("vetoed");
      const { error } = await runTask("grid approve", { deployment, gridVersion: 2, as: "North" });
      expect(error).to.include("the contract refused: GridRegistryWrongStatus(version = 2");
    });

    it("does not approve a version whose labels say otherwise than its records", async () => {
      const { ethers } = await network.getOrCreate();
      const proposer = (await ethers.getSigners())[3]!;
      const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
      const registry = GridRegistry__factory.connect(contracts.registry, proposer);
      const seats = new Map(NAMES.map((name, seat) => [name, seat]));
      const gridCase = builtinCase("ieee14");
      const { records, meters } = buildVersion(grid, plan, seats);
      // Line 3 is drawn half as strong as the records will reckon with.
      const lines = gridCase.lines.map((line) => (line.number === 3 ? { ...line, reactance: 0.4 } : line));
      const labels = packLabels({ case: { ...gridCase, lines }, meters });
      const { version } = await proposeVersion(registry, records, labels);
      await uploadVersion(registry, version, records, labels);
      const { error } = await runTask("grid approve", {
        deployment,
        gridVersion: Number(version),
        as: "North",
      });
      expect(error).to.match(/is not approved: .*line 3: susceptance/);
      const shown = await jsonOf<{ operators: { approved: boolean }[]; differences: string[] }>("grid show", {
        deployment,
        gridVersion: String(version),
      });
      expect(shown.operators.some(({ approved }) => approved)).to.equal(false);
      expect(shown.differences.length).to.be.greaterThan(0);
    });

    it("lists the meters as the plan has them", async () => {
      const { meters } = await jsonOf<{
        meters: { id: string; owner: string; sigma: number; place: number }[];
      }>("meters list", { deployment });
      expect(meters).to.have.length(plan.meters.length);
      for (const { id, owner, sigma, place } of meters) {
        const planned = plan.meters.find((meter) => meter.id === id)!;
        expect(owner).to.equal(planned.owner);
        expect(place).to.equal(planned.place);
        near(sigma, planned.sigma, 1e-3 * planned.sigma);
      }
    });
  });

  describe("slot", () => {
    it("settles a complete slot; the export gives the power flow back", async () => {
      const slot = firstSlot;
      await timeOf(slot);
      await upload(slot, csv("exact.csv", exact));
      const early = await runTask("slot settle", { deployment });
      expect(early.error).to.include("SlotLedgerTooEarly");
      await timeOf(slot, 2);
      const settled = await jsonOf<Settled>("slot settle", { deployment });
      expect(settled).to.include({ slot, closed: "settled", missing: 0, alarm: false });
      expect(settled.suspect).to.equal(null);
      usual = settled.moved.map(({ moved }) => BigInt(moved));
      expect(usual.reduce((sum, one) => sum + one, 0n)).to.equal(0n);
      // Rounding to whole kilowatts is all the error there is.
      expect(settled.objective).to.be.lessThan(1e-3);
      expect(settled.overStatement).to.be.lessThan(1e-6 * settled.threshold!);

      const out = at("slot.json");
      expect((await runTask("slot export", { deployment, slot, format: "json", out })).error).to.equal(
        undefined,
      );
      const exported = JSON.parse(readFileSync(out, "utf8")) as Exported;
      for (const [i, { bus, angleRad }] of exported.buses.entries()) {
        expect(bus).to.equal(grid.buses[i]!.number);
        near(angleRad, flow.angleRad[i]!, 1e-5);
      }
      for (const [i, { flowKw }] of exported.lines.entries()) near(flowKw, flow.flowKw[i]!, 2);
      const shown = await jsonOf<{ state: string; objective: number }>("slot show", { deployment, slot });
      expect(shown).to.deep.include({ state: "settled", objective: settled.objective });
    });

    it("will not settle a slot twice", async () => {
      const { error } = await runTask("slot settle", { deployment, slot: String(firstSlot) });
      expect(error).to.include(`SlotLedgerOutOfOrder(slot = ${firstSlot}, nextSlot = ${firstSlot + 1})`);
    });

    it("names the false meter, whose owner pays", async () => {
      const slot = firstSlot + 1;
      await timeOf(slot, 1);
      const noisy = noise(plan, exact, 7, slot);
      await upload(slot, csv("false.csv", noisy, { F6: String(noisy[5]! + 40_000) }));
      await timeOf(slot, 2);
      const settled = await jsonOf<Settled>("slot settle", { deployment });
      expect(settled.alarm).to.equal(true);
      expect(settled.suspect).to.include({ meter: "F6", owner: ownerOf("F6") });
      const moved = settled.moved.map((one) => BigInt(one.moved));
      expect(moved.reduce((sum, one) => sum + one, 0n)).to.equal(0n);
      // Every meter reported in both slots: the anomaly alone makes the difference.
      const owner = NAMES.indexOf(ownerOf("F6"));
      for (const [seat, credits] of moved.entries()) expect(credits < usual[seat]!).to.equal(seat === owner);
    });

    it("names the suspect on the chain, once, and shows what stands", async () => {
      const slot = firstSlot + 1;
      interface Case {
        readonly action: string;
        readonly objective: number;
        readonly open: boolean;
        readonly claim: Record<string, unknown> | null;
        readonly corrected: { readonly value: number; readonly measured: number } | null;
      }
      const show = async () => await jsonOf<Case>("slot suspect", { deployment, slot, show: true });
      expect(await show()).to.deep.include({ action: "shown", open: true, claim: null });
      // A meter that fits proves nothing, or little.
      const fitting = await runTask("slot suspect", { deployment, slot, meter: "I1", as: "South" });
      const named = await jsonOf<Case>("slot suspect", { deployment, slot, as: "North" });
      expect(named.action).to.equal("named");
      expect(named.claim).to.deep.include({
        name: "F6",
        owner: ownerOf("F6"),
        claimantName: "North",
        concluded: false,
      });
      // The error that was put in, to a few sigmas.
      const { measured, value } = named.corrected!;
      near(measured - value, 40_000, 5 * plan.meters[5]!.sigma);
      expect(Number(named.claim!.drop))
        .to.be.above(0.5 * named.objective)
        .and.below(named.objective);
      expect((await show()).claim).to.deep.equal(named.claim);
      const again = await jsonOf<Case>("slot suspect", { deployment, slot, as: "South" });
      expect(again).to.deep.include({ action: "kept", claim: named.claim });

      const wrong = await runTask("slot suspect", { deployment, slot, meter: "I1", as: "South" });
      expect(wrong.error).to.match(/SuspectsNotLarger|SuspectsNoDrop/);
      expect(fitting.error === undefined || fitting.error.includes("SuspectsNoDrop")).to.equal(true);
      const none = await runTask("slot suspect", { deployment, slot, meter: "X9", as: "South" });
      expect(none.error).to.include("no meter X9");
      const calm = await runTask("slot suspect", { deployment, slot: firstSlot, as: "South" });
      expect(calm.error).to.include("not settled with J above");
    });

    it("marks what is missing, takes a supplement, and closes what stays incomplete", async () => {
      const slot = firstSlot + 2;
      const silent = plan.meters.filter(({ owner }) => owner === "North").slice(0, 2);
      const [late, lost] = [silent[0]!.id, silent[1]!.id];
      await timeOf(slot, 1);
      await upload(slot, csv("gaps.csv", exact, { [late]: "", [lost]: "" }));
      const again = await runTask("slot upload", { deployment, slot, file: at("gaps.csv"), as: "North" });
      expect(again.error).to.include("no value that was missing");
      const supplement = await jsonOf<{ kind: string; values: number; missing: number }>("slot upload", {
        deployment,
        slot,
        file: csv("late.csv", exact, { [lost]: "" }),
        as: "North",
      });
      expect(supplement).to.include({ kind: "supplement", values: 1, missing: 1 });
      await timeOf(slot, 2);
      const earlier = await jsonOf<Credits>("credits show", { deployment });
      const closed = await jsonOf<Settled>("slot settle", { deployment });
      expect(closed).to.include({ slot, closed: "incomplete", missing: 1, overStatement: null });
      const after = await jsonOf<Credits>("credits show", { deployment });
      expect(after.total).to.equal(earlier.total);
      for (const [seat, { moved }] of closed.moved.entries()) {
        expect(BigInt(after.members[seat]!.credits) - BigInt(earlier.members[seat]!.credits)).to.equal(
          BigInt(moved),
        );
      }

      const { stdout } = await runTask("slot export", { deployment, slot, format: "json" });
      const { meters } = JSON.parse(stdout) as Exported;
      const gaps = meters.filter(({ filled }) => filled);
      expect(gaps.map(({ meter }) => meter)).to.deep.equal([lost]);
      const row = plan.meters.findIndex(({ id }) => id === lost);
      expect(gaps[0]).to.deep.include({ measured: null, residual: null, normalisedResidual: null });
      near(gaps[0]!.estimated, exact[row]!, 2);
    });

    it("exports a table with a row for each meter, bus and line", async () => {
      const { stdout } = await runTask("slot export", { deployment, slot: firstSlot });
      const rows = stdout.trim().split("\n");
      expect(rows[0]).to.equal(
        "row,name,kind,place,owner,unit,measured,estimated,residual,normalisedResidual,filled",
      );
      expect(rows).to.have.length(1 + plan.meters.length + grid.buses.length + grid.lines.length);
      expect(rows.some((row) => row.includes('"East, Inc."'))).to.equal(true);
    });

    it("refuses rows that it cannot read, by their line", async () => {
      const cases: [string, RegExp][] = [
        ["time,value\n", /:1: expected the header/],
        ["meter,value\nF1,1\nX9,2\n", /:3: no meter X9/],
        ["meter,value\nF1,1\nF1,2\n", /:3: meter F1 again \(first on line 2\)/],
        ["meter,value\nF1,one\n", /:2: expected a number, found one/],
        ["meter,value,unit\nF1,1,mW\n", /:2: .*unit/],
        ["meter,value\nF1\n", /:2: expected 2 fields, found 1/],
      ];
      for (const [text, expected] of cases) {
        writeFileSync(at("rows.csv"), text);
        const { error } = await runTask("slot upload", {
          deployment,
          slot: firstSlot + 3,
          file: at("rows.csv"),
          as: "North",
        });
        expect(error).to.match(expected);
      }
    });
  });

  describe("meters that sign their values", () => {
    const key = new Wallet(`0x${"33".repeat(32)}`);
    const meter = plan.meters.find(({ owner }) => owner === "East, Inc.")!.id;
    let slot = 0;
    let domain: ReadingDomain;
    let place = 0;
    const watts = BigInt(Math.round(exact[plan.meters.findIndex(({ id }) => id === meter)]! * 1000));
    const sign = (value: bigint): string => signReading(key.privateKey, domain, { slot, place, value });
    const signedFile = (name: string, values: readonly (readonly [bigint, string])[]): string => {
      const rows = values.map(([value, signature]) => `${startText(slot)},${meter},${value},W,${signature}`);
      // Another slot's row is passed over, and so is a meter without a key.
      rows.push(`${startText(slot + 1)},${meter},1,W,0x`, `${startText(slot)},${plan.meters[0]!.id},1,kW,`);
      writeFileSync(at(name), `time,meter,value,unit,signature\n${rows.join("\n")}\n`);
      return at(name);
    };

    it("have their key registered by their owner, for slots to come", async () => {
      const args = { deployment, meter, key: key.address };
      const other = await runTask("meters key", { ...args, as: "North" });
      expect(other.error).to.include(`${meter} is not a meter of North`);
      const none = await runTask("meters key", { ...args, key: ZeroAddress, as: "East, Inc." });
      expect(none.error).to.include("expected the address of the meter's key");
      const set = await jsonOf<{ fromSlot: number; place: number }>("meters key", {
        ...args,
        as: "East, Inc.",
      });
      slot = set.fromSlot;
      place = set.place;
      const planned = plan.meters.find(({ id }) => id === meter)!;
      expect(place).to.equal(meterPlace(planned.kind, planned.place));
      const late = await runTask("meters key", { ...args, fromSlot: slot - 2, as: "East, Inc." });
      expect(late.error).to.include("MeterKeysBadStart");
      const { contracts, chainId } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
      domain = { chainId: BigInt(chainId), meterKeys: contracts.meterKeys! };
    });

    it("are held against the chain, and a difference is proved there, once", async () => {
      await timeOf(slot);
      const uploaded = Math.round(Number(watts) / 1000) + 5;
      await upload(slot, csv("lied.csv", exact, { [meter]: String(uploaded) }));
      interface Audit {
        readonly counts: Record<string, number>;
        readonly rows: readonly {
          readonly status: string;
          readonly meter: string;
          readonly owner: string | null;
        }[];
      }
      const file = signedFile("signed.csv", [[watts, sign(watts)]]);
      const audit = await jsonOf<Audit>("meters audit", { deployment, slot, file });
      expect(audit.counts).to.deep.equal({ differs: 1, noKey: 1 });
      expect(audit.rows[0]).to.include({ status: "differs", meter, owner: "East, Inc." });
      const forged = signedFile("forged.csv", [[watts + 1n, sign(watts)]]);
      expect((await jsonOf<Audit>("meters audit", { deployment, slot, file: forged })).counts).to.deep.equal({
        badSignature: 1,
        noKey: 1,
      });
      const agreed = BigInt(uploaded) * 1000n;
      const honest = signedFile("honest.csv", [[agreed, sign(agreed)]]);
      expect((await jsonOf<Audit>("meters audit", { deployment, slot, file: honest })).counts).to.deep.equal({
        agrees: 1,
        noKey: 1,
      });

      interface Disputes {
        readonly disputes: readonly {
          readonly meter: string;
          readonly kind: string;
          readonly refused: string | null;
        }[];
      }
      const dispute = async (of: string) =>
        (await jsonOf<Disputes>("meters dispute", { deployment, slot, file: of, as: "South" })).disputes.map(
          ({ meter: id, kind, refused }) => [id, kind, refused?.split("(")[0] ?? null],
        );
      expect(await dispute(honest)).to.deep.equal([]);
      expect(await dispute(file)).to.deep.equal([[meter, "dispute", null]]);
      expect(await dispute(file)).to.deep.equal([[meter, "dispute", "MeterKeysOnRecord"]]);
      // The meter signed another value too: now it is the meter's doing.
      const both = signedFile("both.csv", [
        [watts, sign(watts)],
        [agreed, sign(agreed)],
      ]);
      expect((await jsonOf<Audit>("meters audit", { deployment, slot, file: both })).counts).to.deep.equal({
        equivocal: 2,
        noKey: 1,
      });
      expect(await dispute(both)).to.deep.equal([[meter, "equivocation", null]]);
    });
  });

  describe("credits", () => {
    it("transfers by name", async () => {
      const earlier = await jsonOf<Credits>("credits show", { deployment });
      await jsonOf("credits transfer", { deployment, to: "South", amount: 12_345n, as: "North" });
      const after = await jsonOf<Credits>("credits show", { deployment });
      const gained = after.members.map(
        ({ credits }, i) => BigInt(credits) - BigInt(earlier.members[i]!.credits),
      );
      expect(gained).to.deep.equal([-12_345n, 0n, 12_345n]);
    });

    it("shows the contract's refusal, and names members that are none", async () => {
      const poor = await runTask("credits transfer", {
        deployment,
        to: "South",
        amount: 10n ** 19n,
        as: "North",
      });
      expect(poor.error).to.include("ConsortiumInsufficientCredits");
      const nobody = await runTask("credits transfer", { deployment, to: "West", amount: 1n, as: "North" });
      expect(nobody.error).to.include("West is not a member; members are North, East, Inc., South");
    });
  });

  describe("slot suspect, a long time after", () => {
    it("writes down who named the suspect rightly, once the window is over", async () => {
      const slot = firstSlot + 1;
      await timeOf(slot, 70);
      const concluded = await jsonOf<{ action: string; open: boolean; claim: { concluded: boolean } }>(
        "slot suspect",
        { deployment, slot, as: "South" },
      );
      expect(concluded).to.deep.include({ action: "concluded", open: false });
      expect(concluded.claim.concluded).to.equal(true);
      const shown = await jsonOf<{ action: string }>("slot suspect", { deployment, slot, as: "South" });
      expect(shown.action).to.equal("shown");
    });
  });
});

import { readFileSync } from "node:fs";
import { importMatpower } from "../workers/grid/importMatpower.js";
import { compileGrid } from "../workers/grid/compileGrid.js";
import { buildVersion, gaugeRad } from "../workers/grid/version/buildVersion.js";
import { powerFlow } from "../workers/grid/powerFlow.js";
import { trueMeasurements } from "../workers/grid/trueMeasurements.js";
import { packLabels } from "../workers/chain/versionLabels.js";
import { proposeVersion, uploadVersion, proveVersion, readVersionRecords } from "../workers/chain/gridVersions.js";
import { deploySharing, testClock } from "./support/sharedGrid.js";
import { packBatch, packAngles } from "../workers/measurement/packValues.js";
import { versionEstimator, rowValues, angleUnits } from "../workers/measurement/versionEstimator.js";
import { certificate } from "../workers/measurement/certificate.js";
import { concat } from "ethers";
import type { Meter } from "../workers/grid/types.js";
import { expect } from "chai";

for (const name of (process.env.CASES ?? "case14_ieee,case118_ieee").split(",")) {
  it("scratch " + name, async function () {
    this.timeout(600000);
    const gridCase = importMatpower(readFileSync(`/work/shared/cases/pglib_opf_${name}.m`, "utf8"), name);
    const grid = compileGrid(gridCase);
    const owner = (bus: number) => `Operator ${Math.floor((bus * 4) / grid.buses.length) + 1}`;
    const meters: Meter[] = [
      ...grid.lines.map((l): Meter => ({ id: `F${l.number}`, kind: "flowFrom", place: l.number, sigma: 800, owner: owner(l.from) })),
      ...grid.buses.map((b, i): Meter => ({ id: `I${b.number}`, kind: "injection", place: b.number, sigma: 1000, owner: owner(i) })),
    ];
    const plan = { meters, zeroInjections: [], zeroInjectionSigma: 10 };
    const seats = new Map([0, 1, 2, 3].map((s) => [`Operator ${s + 1}`, s]));
    let t = Date.now();
    const built = buildVersion(grid, plan, seats);
    console.log(built.records.geometry, "build ms", Date.now() - t);
    const labels = packLabels({ case: gridCase, meters: built.meters });
    console.log("labels", labels.length);
    const d = await deploySharing();
    const { registry } = d.as(0);
    const { version, gasUsed } = await proposeVersion(registry, built.records, labels);
    console.log("propose", gasUsed);
    let total = gasUsed;
    const p = (a: number, b: number, g: bigint) => { total += g; console.log(a, b, g); };
    await uploadVersion(registry, version, built.records, labels, p);
    await proveVersion(registry, version, p);
    console.log("version total", total);
    const s = await registry.summary(version);
    for (let seat = 0; seat < 4; seat++) await d.as(seat).registry.approve(version, s.contentHash);
    await d.time.increase(61);
    await (await registry.activate(version)).wait();
    const records = await readVersionRecords(registry, d.provider, version);
    expect(records).to.deep.equal(built.records);
    const flow = powerFlow(grid);
    const truth = trueMeasurements(grid, { ...plan, meters: [...built.meters] }, flow);
    const est = versionEstimator(records);
    const tau = 0;
    void tau;
    for (let k = 0; k < 4; k++) {
      const slot = Number(await d.contracts.ledger.nextSlot());
      { const want = d.genesis + slot * testClock.slotSeconds + 1; if ((await d.time.latest()) < want) await d.time.increaseTo(want); }
      const noise = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      const z = Array.from(truth, (v, i) => Math.round((v + noise() * built.meters[i]!.sigma) / records.geometry.powerUnitKw));
      if (k === 3) z[5] = z[5]! + 300000;
      let up = 0n, at = 0;
      for (let seat = 0; seat < 4; seat++) {
        const n = records.metersBySeat[seat]!;
        const r = await (await d.as(seat).ledger.upload(slot, packBatch(z.slice(at, at + n)))).wait();
        up += r!.gasUsed; at += n;
      }
      t = Date.now();
      const e = est.estimate(rowValues(records, z));
      const units = angleUnits(records, e.theta);
      const ms = Date.now() - t;
      const cert = certificate(records, z, units);
      const digits = 80 + records.geometry.weightDigits;
      console.log("J", e.objective, Number(cert.objective) / 2 ** digits, "eta", Number(cert.overStatement) / 2 ** digits, "est ms", ms);
      if (k === 0) { const g = gaugeRad(records, (l) => grid.lines.find((x) => x.number === l)!.shiftRad); void g; }
      await d.time.increaseTo(d.genesis + (slot + 1 + testClock.cutOffSlots) * testClock.slotSeconds + 1);
      const r = await (await d.contracts.ledger.settle(slot, packBatch(z), "0x", packAngles(units), { gasLimit: 40_000_000 })).wait();
      console.log("upload", up, "settle", r!.gasUsed, "per meter", Number(up + r!.gasUsed) / z.length);
      if (k === 1) {
        const tr = (await d.provider.send("debug_traceTransaction", [r!.hash, { disableStorage: true, disableMemory: true, disableStack: true }])) as { structLogs: { op: string; gas: number; gasCost: number; depth: number; pc: number }[] };
        const by = new Map<string, [number, number]>();
        const logs = tr.structLogs;
        for (let i = 0; i < logs.length; i++) { const l = logs[i]!; const key = l.depth + " " + l.op; const nx = logs[i + 1]; const c = nx && nx.depth === l.depth ? Number(l.gas) - Number(nx.gas) : Number(l.gasCost); const e = by.get(key) ?? [0, 0]; e[0]++; e[1] += (l.op.includes("CALL") && !l.op.startsWith("CALLD") && !l.op.startsWith("CALLER") && !l.op.startsWith("CALLV")) ? 0 : c; by.set(key, e); }
        console.log([...by].sort((a, b) => b[1][1] - a[1][1]).slice(0, 22).map(([k, v]) => `${k}: n=${v[0]} gas=${v[1]}`).join("\n"));
      }
      const ev = (await d.contracts.ledger.queryFilter(d.contracts.ledger.filters.SlotSettled(slot)))[0]!;
      console.log("chain J", Number(ev.args.objectiveQ32) / 2 ** 32, "tau", Number(ev.args.thresholdQ32) / 2 ** 32, "eta", Number(ev.args.overStatementQ64) / 2 ** 64);
      expect(ev.args.objectiveQ32).to.equal(cert.objective >> BigInt(digits - 32));
    }
    console.log((await d.contracts.consortium.members()).map((m) => m.credits), await d.contracts.consortium.totalCredits());
    void concat;
  });
}

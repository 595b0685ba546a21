import { expect } from "chai";
import * as fc from "fast-check";
import { type Contract, keccak256 } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { network } from "hardhat";
import type { FactorProof } from "../../../typechain-types/index.js";
import { FactorProof__factory } from "../../../typechain-types/index.js";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { claimOf } from "../../../workers/chain/proveFactor.js";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { factorVersion } from "../../../workers/factor/factorVersion.js";
import { packColumns, packFactor } from "../../../workers/factor/packFactor.js";
import type { FactorEntry, IntegerFactor } from "../../../workers/factor/types.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { claimWith, type Dense, denseFactor, denseGain, lowerOf } from "../../workers/factor/factors.js";
import { refusal } from "../measurement/ledgerFixture.js";
import { tinyVersion } from "../measurement/tinyVersion.js";
import { everyKind, tinyFactored, tinyUnobservable } from "./factoredTiny.js";

const P = 2n ** 256n - 189n;
const records = tinyFactored();
const { roots, buses } = records.geometry;
const n = buses - roots;
const gain = denseGain(records);
const honest = factorVersion(records);

/** Any whole number of up to `bits` bits, the ends often among them. */
const anyInteger = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.constantFrom(0n, 1n, -1n, 2n ** BigInt(bits - 1) - 1n, -(2n ** BigInt(bits - 1))),
    fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }),
  );

const anyLower = (bits: number): fc.Arbitrary<Dense> =>
  fc.array(fc.array(anyInteger(bits), { minLength: n, maxLength: n }), { minLength: n, maxLength: n });

describe("FactorProof", function () {
  this.timeout(120_000);
  let harness: Contract;
  let proof: FactorProof;
  let restore: () => Promise<void>;
  const setVersion = async (made: VersionRecords) =>
    await harness.getFunction("setVersion")(made.geometry, packRecords(made)[0]!);
  before(async () => {
    const { ethers, networkHelpers } = await network.create();
    harness = await ethers.deployContract("FactorHarness");
    const [signer] = await ethers.getSigners();
    proof = FactorProof__factory.connect((await harness.getFunction("proof")()) as string, signer);
    await setVersion(records);
    const snapshot = await networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const bring = async (scaleDigits: number, shift: bigint, parts: readonly Uint8Array[]) =>
    (await harness.getFunction("prove")(scaleDigits, shift, [...parts])) as unknown;
  const prove = async (factor: IntegerFactor) =>
    await bring(factor.scaleDigits, factor.shift, [packColumns(factor.columns)]);
  /** Not proved, for this reason. */
  const refused = async (call: Promise<unknown>, name: string, args: Record<string, unknown> = {}) => {
    const reason = await refusal(call);
    expect(reason.name, reason.message).to.equal(name);
    expect(reason.arguments).to.include(
      Object.fromEntries(Object.entries(args).map(([key, value]) => [key, String(value)])),
    );
    expect(await proof.eigenBound(1)).to.equal(0n);
  };
  it("proves what the worker brings, and the bound that it says", async () => {
    await prove(honest);
    expect(await proof.eigenBound(1)).to.equal(honest.eigenBound);
  });

  it("keeps the largest bound, whichever came first", async () => {
    const { scaleDigits, shift } = honest;
    for (const [part, want] of [
      [shift / 2n, undefined],
      [shift, honest.eigenBound],
      [shift / 4n, honest.eigenBound],
    ] as const) {
      await prove(claimWith(gain, roots, scaleDigits, part, lowerOf(gain, scaleDigits, part)));
      const bound = await proof.eigenBound(1);
      if (want === undefined)
        expect(bound < honest.eigenBound && bound > honest.eigenBound / 3n).to.equal(true);
      else expect(bound >= want - 2n ** 45n && bound <= want + 2n ** 45n).to.equal(true);
    }
  });

  describe("a forged factor", () => {
    it("is refused whichever bit of it is turned", async () => {
      const part = packColumns(honest.columns);
      const bits = 8 * part.length;
      const names = new Set<string>();
      for (let first = 0; first < bits; first += 136) {
        const args = [honest.scaleDigits, honest.shift, part, first, 136] as const;
        const reasons = (await harness.getFunction("turnEach").staticCall(...args)) as string[];
        reasons.forEach((data, i) => {
          const reason = revertReason({ data });
          expect(reason?.name, `bit ${first + i}`).to.not.equal(undefined);
          names.add(reason!.name);
        });
      }
      expect([...names].sort((a, b) => a.localeCompare(b))).to.deep.equal([
        "FactorProofBadEntry",
        "FactorProofPartLength",
        "FactorProofUnequal",
      ]);
    });

    it("is refused with an entry of L or E off by one, with its sign turned, or zero", async () => {
      const count = honest.columns.flat().length;
      for (let at = 0; at < count; at++) {
        await refused(prove(changed(at, ({ factor }) => ({ factor: factor + 1n }))), "FactorProofUnequal");
        await refused(prove(changed(at, ({ error }) => ({ error: error - 1n }))), "FactorProofUnequal");
        await refused(prove(changed(at, () => ({ factor: 0n }))), "FactorProofUnequal");
      }
      // The sign of an entry off the diagonal; that of a whole column changes nothing, and need not.
      await refused(prove(changed(1, ({ factor }) => ({ factor: -factor }))), "FactorProofUnequal");
    });

    it("is refused with another shift or scale", async () => {
      for (const factor of [
        { ...honest, shift: honest.shift + 1n },
        { ...honest, shift: honest.shift - 1n },
        { ...honest, shift: 2n ** 192n - 1n },
        { ...honest, scaleDigits: honest.scaleDigits + 1 },
      ]) {
        await refused(prove(factor), "FactorProofUnequal");
      }
    });

    it("is refused if it is another grid's", async () => {
      const weaker = {
        ...records,
        chords: records.chords.map((chord, i) =>
          i === 1 ? { ...chord, susceptance: chord.susceptance - 1 } : chord,
        ),
      };
      await refused(prove(factorVersion(weaker)), "FactorProofUnequal");
    });

    it("wins nothing by a larger shift: what E takes is taken off", async () => {
      const { scaleDigits } = honest;
      const lower = denseFactor(honest, roots, n);
      await prove(claimWith(gain, roots, scaleDigits, honest.shift + 2n ** 58n, lower));
      expect((await proof.eigenBound(1)) < honest.eigenBound).to.equal(true);
    });

    it("is refused with bounds beyond which sums could wrap", async () => {
      const part = packColumns(honest.columns);
      await refused(bring(65, honest.shift, [part]), "FactorProofBadClaim", { what: "scaleDigits", got: 65 });
      await refused(bring(0, 0n, [part]), "FactorProofBadClaim", { what: "shift" });
      await refused(bring(0, 1n, []), "FactorProofBadClaim", { what: "parts" });
      // Entries at their ends add up without a wrap: see the comparison below.
      for (const end of [2n ** 59n - 1n, -(2n ** 59n)]) {
        const columns = honest.columns.map((column) =>
          column.map((entry) => ({ ...entry, factor: end, error: end })),
        );
        await refused(prove({ scaleDigits: 64, shift: 2n ** 192n - 1n, columns }), "FactorProofUnequal");
      }
    });
  });

  describe("a grid that is not observable", () => {
    const blind = tinyUnobservable();
    const blindGain = denseGain(blind);
    const at4 = blind.tree.findIndex(({ bus }) => bus === 4) - roots;
    beforeEach(async () => await setVersion(blind));

    it("has a gain matrix without a row for the bus that nothing sees", () => {
      expect(blindGain[at4]!.every((value) => value === 0n)).to.equal(true);
      expect(blindGain.some((row) => row.some((value) => value !== 0n))).to.equal(true);
    });

    it("is refused with the factor of an observable one", async () => {
      await refused(prove(honest), "FactorProofUnequal");
    });

    it("is refused with any shift whose equation holds: E is as large as the shift", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.bigInt({ min: 1n, max: 2n ** 58n }),
          fc.integer({ min: 0, max: 24 }),
          async (shift, scale) => {
            await restore();
            await setVersion(blind);
            const claim = claimWith(blindGain, roots, scale, shift, lowerOf(blindGain, scale, shift));
            await refused(prove(claim), "FactorProofNoMargin", { shift });
          },
        ),
        { numRuns: 25, seed: 4, endOnFailure: true },
      );
    });

    it("is refused with any L and any E", async () => {
      const arbitrary = fc.record({
        scale: fc.integer({ min: 0, max: 64 }),
        shift: fc.bigInt({ min: 1n, max: 2n ** 192n - 1n }),
        lower: fc.oneof(anyLower(60), anyLower(40)),
        error: fc.oneof(anyLower(60), anyLower(8), fc.constant(undefined)),
      });
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ scale, shift, lower, error }) => {
          await restore();
          await setVersion(blind);
          const columns = Array.from({ length: n }, (_, j) =>
            Array.from({ length: n - j }, (_unused, d) => ({
              row: roots + j + d,
              factor: lower[j]![j + d]!,
              error: error?.[j]![j + d] ?? 0n,
            })),
          );
          await refused(prove({ scaleDigits: scale, shift, columns }), "FactorProofUnequal");
        }),
        { numRuns: 40, seed: 4, endOnFailure: true },
      );
    });

    it("is refused with a small E in place of the one that the equation asks for", async () => {
      const shift = 2n ** 50n;
      const claim = claimWith(blindGain, roots, 0, shift, lowerOf(blindGain, 0, shift));
      const columns = claim.columns.map((column) =>
        column.map((entry) => (entry.row === at4 + roots ? { ...entry, error: 0n } : entry)),
      );
      await refused(prove({ ...claim, columns }), "FactorProofUnequal");
      // That bus left out altogether.
      const without = columns.filter(([first]) => first!.row !== at4 + roots);
      await refused(prove({ ...claim, columns: without }), "FactorProofUnequal");
    });
  });

  describe("parts", () => {
    const parts = honest.columns.map((column) => packColumns([column]));
    const hashes = parts.map((part) => keccak256(part));
    const claim = { scaleDigits: honest.scaleDigits, shift: honest.shift, partHashes: hashes };

    it("come in order, each once, in any number of transactions", async () => {
      await refused(proof.check(1, claim, 0, parts[0]!), "FactorProofNotOpen");
      await proof.open(1, claim);
      const key = await proof.keyOf(1, claim);
      await refused(proof.open(1, claim), "FactorProofAlreadyOpen", { claim: key });
      await refused(proof.check(1, claim, 1, parts[1]!), "FactorProofPartOutOfOrder", { got: 1, want: 0 });
      await proof.check(1, claim, 0, parts[0]!);
      await refused(proof.check(1, claim, 0, parts[0]!), "FactorProofPartOutOfOrder", { got: 0, want: 1 });
      await refused(proof.check(1, claim, 2, parts[2]!), "FactorProofPartOutOfOrder", { got: 2, want: 1 });
      expect([...(await proof.progressOf(key))]).to.deep.equal([true, 1n]);
      await proof.check(1, claim, 1, parts[1]!);
      await proof.check(1, claim, 2, parts[2]!);
      expect(await proof.eigenBound(1)).to.equal(honest.eigenBound);
      const again = await refusal(proof.check(1, claim, 3, parts[2]!));
      expect(again.name).to.equal("FactorProofPartOutOfOrder");
    });

    it("are those that the claim commits to: nothing can be made to fit the vector afterwards", async () => {
      await proof.open(1, claim);
      const other = packColumns([honest.columns[0]!.map((entry) => ({ ...entry, error: entry.error + 2n }))]);
      const mismatch = { part: 0, got: keccak256(other), want: hashes[0] };
      await refused(proof.check(1, claim, 0, other), "FactorProofPartMismatch", mismatch);
      // With its hash in the claim it is another claim, with another vector, and not open.
      const changedClaim = { ...claim, partHashes: [keccak256(other), ...hashes.slice(1)] };
      await refused(proof.check(1, changedClaim, 0, other), "FactorProofNotOpen");
      for (const change of [{ shift: claim.shift + 1n }, { scaleDigits: claim.scaleDigits + 1 }]) {
        await refused(proof.check(1, { ...claim, ...change }, 0, parts[0]!), "FactorProofNotOpen");
      }
    });

    it("draw another vector for each claim and each version's content", async () => {
      const draw = harness.getFunction("draw");
      const a = (await draw(keccak256("0x00"), 1, 4)) as bigint[];
      const b = (await draw(keccak256("0x01"), 1, 4)) as bigint[];
      expect(a[0]).to.equal(0n);
      const all = [...a.slice(1), ...b.slice(1)];
      expect(new Set(all).size).to.equal(6);
      expect(all.every((value) => value < 2n ** 160n && value > 2n ** 120n)).to.equal(true);
    });

    it("cannot be swapped, left out or brought twice", async () => {
      const [a, b, c] = parts as [Uint8Array, Uint8Array, Uint8Array];
      const { scaleDigits, shift } = honest;
      await refused(bring(scaleDigits, shift, [b, a, c]), "FactorProofBadEntry", { part: 1, entry: 0 });
      await refused(bring(scaleDigits, shift, [a, a, b, c]), "FactorProofBadEntry", { part: 1, entry: 0 });
      await refused(bring(scaleDigits, shift, [a, c]), "FactorProofUnequal");
      await refused(bring(scaleDigits, shift, [a, b]), "FactorProofUnequal");
    });

    it("have whole entries in order, of buses that there are", async () => {
      const { scaleDigits, shift } = honest;
      const [a] = parts as [Uint8Array];
      for (const wrong of [new Uint8Array(), a.subarray(1), a.subarray(0, 16), a.subarray(17)]) {
        await refused(bring(scaleDigits, shift, [wrong]), "FactorProofPartLength", { part: 0 });
      }
      for (const [columns, at] of [
        [[[unitEntry(0)]], 0],
        [[[unitEntry(buses)]], 0],
        [[[unitEntry(1), unitEntry(1)]], 1],
        [[[unitEntry(1), unitEntry(3), unitEntry(2)]], 2],
        [[[unitEntry(1), unitEntry(buses)]], 1],
        [[[unitEntry(2)], [unitEntry(1)]], 1],
        [[[unitEntry(2), unitEntry(3)], [unitEntry(2)]], 2],
      ] as const) {
        const call = bring(scaleDigits, shift, [packColumns(columns)]);
        await refused(call, "FactorProofBadEntry", { part: 0, entry: at });
      }
    });
  });

  describe("both sides of the equation", () => {
    const vector = fc.array(
      fc.oneof(fc.constantFrom(0n, 2n ** 160n - 1n), fc.bigInt({ min: 0n, max: 2n ** 160n - 1n })),
      { minLength: 40, maxLength: 40 },
    );

    it("are what whole numbers of any size give, modulo P", async () => {
      const column = fc.uniqueArray(
        fc.tuple(fc.integer({ min: 1, max: 39 }), anyInteger(60), anyInteger(60)),
        {
          minLength: 1,
          maxLength: 40,
          selector: ([row]) => row,
        },
      );
      await fc.assert(
        fc.asyncProperty(vector, fc.array(column, { minLength: 1, maxLength: 6 }), async (s, drawn) => {
          const firsts = new Set<number>();
          const columns = drawn
            .map((entries) =>
              entries.map(([row, factor, error]) => ({ row, factor, error })).sort((p, q) => p.row - q.row),
            )
            .sort((p, q) => p[0]!.row - q[0]!.row)
            .filter(([first]) => !firsts.has(first!.row) && firsts.add(first!.row));
          let form = 0n;
          let squares = 0n;
          for (const entries of columns) {
            const dot = entries.reduce((sum, { row, factor }) => sum + factor * s[row]!, 0n);
            form += dot * dot;
            for (const { row, error } of entries) {
              form += error * s[row]! * s[entries[0]!.row]!;
              squares += error * error;
            }
          }
          const got = (await harness.getFunction("columns")(packColumns(columns), s, 1)) as unknown as {
            readonly form: bigint;
            readonly squares: bigint;
            readonly last: bigint;
          };
          expect(got.form % P).to.equal(((form % P) + P) % P);
          expect(got.squares).to.equal(squares);
          expect(got.last).to.equal(BigInt(columns.at(-1)![0]!.row));
        }),
        { numRuns: 60, seed: 4, endOnFailure: true },
      );
    });

    it("agree with sᵀGs, on every kind of record", async () => {
      for (const made of [records, everyKind(), tinyUnobservable()]) {
        await setVersion(made);
        const dense = denseGain(made);
        await fc.assert(
          fc.asyncProperty(vector, async (drawn) => {
            const s = [0n, ...drawn.slice(0, dense.length)];
            let want = 0n;
            dense.forEach((row, i) => row.forEach((value, j) => (want += value * s[i + 1]! * s[j + 1]!)));
            expect(await harness.getFunction("gridForm")(s)).to.equal(want % P);
          }),
          { numRuns: 20, seed: 4, endOnFailure: true },
        );
      }
    });
  });

  describe("the registry", () => {
    it("takes a factored version for proved only with its factor", async () => {
      const { registry, last } = await propose(records);
      await uploadVersion(registry, 1n, records, new Uint8Array());
      const reason = await refusal(registry.prove(1, 0, last));
      expect(reason).to.deep.include({ name: "GridRegistryFactorMissing", arguments: { version: "1" } });
      await proveVersion(registry, 1n);
      expect((await registry.summary(1)).status).to.equal(2n);
    });

    it("never takes one that is not observable, though its records are well formed", async () => {
      const blind = tinyUnobservable();
      const { registry, own, last } = await propose(blind);
      await uploadVersion(registry, 1n, blind, new Uint8Array());
      const factor = packFactor(honest);
      await own.open(1, claimOf(factor));
      const wrong = await refusal(own.check(1, claimOf(factor), 0, factor.parts[0]!));
      expect(wrong.name).to.equal("FactorProofUnequal");
      expect((await refusal(registry.prove(1, 0, last))).name).to.equal("GridRegistryFactorMissing");
      await registry.prove(1, 0, last - 1n);
      expect((await refusal(registry.prove(1, last, last))).name).to.equal("GridRegistryFactorMissing");
    });

    it("takes up a proof where it was left", async () => {
      const { registry, own } = await propose(records);
      await uploadVersion(registry, 1n, records, new Uint8Array());
      await own.open(1, claimOf(packFactor(honest)));
      const done: number[] = [];
      await proveVersion(registry, 1n, undefined, (step) => done.push(step));
      expect(done).to.deep.equal([2]);
      await proveVersion(registry, 1n);
    });

    it("wants every chunk, and no factor for a version with a tree", async () => {
      const { own } = await propose(records);
      const claim = claimOf(packFactor(honest));
      expect((await refusal(own.open(1, claim))).name).to.equal("FactorProofChunkMissing");
      expect((await refusal(own.open(9, claim))).name).to.equal("GridRegistryUnknownVersion");
      const spanned = await propose(tinyVersion());
      expect((await refusal(spanned.own.open(1, claim))).name).to.equal("FactorProofNotFactored");
    });

    it("refuses a free bus with an edge, and anchors among free buses", async () => {
      const withAnchor = { ...records, geometry: { ...records.geometry, anchors: 1 } };
      expect((await refusal(propose(withAnchor))).name).to.equal("GridRegistryBadGeometry");
      for (const change of [
        { parent: 1 },
        { line: 1 },
        { susceptance: 1 },
        { childIsFrom: true },
        { main: { meter: 0, weight: 256 } },
      ]) {
        const made = {
          ...records,
          tree: records.tree.map((record, i) => (i === 2 ? { ...record, ...change } : record)),
        };
        const { registry, last } = await propose(made);
        await uploadVersion(registry, 1n, made, new Uint8Array());
        const reason = await refusal(registry.prove(1, 0, last));
        expect(reason).to.deep.include({
          name: "VersionProofUnsound",
          arguments: { record: "2", flaw: "Free" },
        });
      }
    });

    it("refuses a version with a tree that says it is factored, and the other way round", async () => {
      for (const [made, factored] of [
        [tinyVersion(), true],
        [records, false],
      ] as const) {
        const lying = { ...made, geometry: { ...made.geometry, anchors: 0, factored } };
        const { registry, last } = await propose(lying);
        await uploadVersion(registry, 1n, lying, new Uint8Array());
        expect((await refusal(registry.prove(1, 0, last))).name).to.equal("VersionProofUnsound");
      }
    });
  });
});

/** The honest factor with one entry changed. */
function changed(at: number, change: (entry: FactorEntry) => Partial<FactorEntry>): IntegerFactor {
  let i = -1;
  return {
    ...honest,
    columns: honest.columns.map((column) =>
      column.map((entry) => (++i === at ? { ...entry, ...change(entry) } : entry)),
    ),
  };
}

function unitEntry(row: number): FactorEntry {
  return { row, factor: 1n, error: 0n };
}

/** A version that is proposed, as number 1. */
async function propose(made: VersionRecords) {
  const sharing = await deploySharing();
  const { registry } = sharing.as(0);
  await proposeVersion(registry, made, new Uint8Array());
  const own = FactorProof__factory.connect(await registry.factorProof(), sharing.members[1]);
  const parts = (await registry.summary(1)).partCount;
  return { registry, own, last: parts - 1n };
}

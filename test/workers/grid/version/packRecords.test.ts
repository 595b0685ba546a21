import { expect } from "chai";
import { describe, it } from "mocha";
import { CHUNK_BYTES } from "../../../../workers/grid/version/constants.js";
import { VersionError } from "../../../../workers/grid/version/errors.js";
import { packRecords } from "../../../../workers/grid/version/packRecords.js";
import type { DirectoryEntry, TreeRecord, VersionRecords } from "../../../../workers/grid/version/types.js";
import { unpackRecords } from "../../../../workers/grid/version/unpackRecords.js";

const geometry = {
  roots: 1,
  anchors: 0,
  buses: 2,
  chords: 0,
  probes: 0,
  meters: 1,
  virtualRows: 1,
  weightDigits: 0,
  angleDigits: 34,
  powerUnitKw: 1,
  factored: false,
};
const root: TreeRecord = {
  bus: 1,
  line: 0,
  parent: 0,
  susceptance: 0,
  childIsFrom: false,
  injection: undefined,
  main: undefined,
  mainAtParent: false,
};
const child: TreeRecord = {
  ...root,
  bus: 2,
  line: 1,
  susceptance: 5,
  main: { meter: 0, weight: 7 },
  injection: { meter: 1, weight: 9 },
};
const entry: DirectoryEntry = { kind: 1, place: 1, weight: 7, rangeBits: 22 };
const version = (change: Partial<VersionRecords> = {}): VersionRecords => ({
  geometry,
  tree: [root, child],
  chords: [],
  probes: [],
  directory: [entry],
  metersBySeat: [1],
  ...change,
});
const unpack = (chunks: readonly Uint8Array[]) => unpackRecords(geometry, [1], chunks);

describe("packRecords", () => {
  it("fills ranges and directory up to whole words", () => {
    const [chunk] = packRecords(version());
    expect(chunk).to.have.length(4 * 32);
    // 2^24 - 2^23, then nothing; flowFrom at line 1 with weight 7, then nothing.
    expect(Buffer.from(chunk!.subarray(64)).toString("hex")).to.equal(
      `800000${"0".repeat(58)}${((1n << 57n) | (1n << 37n) | 7n).toString(16).padStart(16, "0")}${"0".repeat(48)}`,
    );
  });

  it("masks the bits above the range of a value", () => {
    const masks = [0, 1, 12, 22].map((rangeBits) => {
      const [chunk] = packRecords(version({ directory: [{ ...entry, rangeBits }] }));
      return Buffer.from(chunk!).readUIntBE(64, 3);
    });
    expect(masks).to.deep.equal([0xfffffe, 0xfffffc, 0xffe000, 0x800000]);
  });

  it("cuts chunks of 767 records", () => {
    const tree = [root, ...Array.from({ length: 1600 }, (_, i) => ({ ...child, bus: i + 2, parent: i }))];
    const chunks = packRecords(version({ tree, geometry: { ...geometry, buses: tree.length } }));
    expect(chunks.map(({ length }) => length)).to.deep.equal([CHUNK_BYTES, CHUNK_BYTES, 32 * 69]);
    expect(unpackRecords({ ...geometry, buses: 1601 }, [1], chunks).tree).to.deep.equal(tree);
  });

  it("holds every field at its ends", () => {
    for (const change of [
      { susceptance: 2 ** 39 - 1, bus: 2 ** 20 - 1, line: 2 ** 20 - 1, parent: 32_767 },
      { susceptance: 1 - 2 ** 39, main: { meter: 32_766, weight: 2 ** 32 - 1 }, mainAtParent: true },
      { susceptance: -1, injection: { meter: 32_767, weight: 1 }, childIsFrom: true },
    ]) {
      const made = version({ tree: [root, { ...child, ...change }] });
      expect(unpack(packRecords(made))).to.deep.equal(made);
    }
  });

  it("refuses a susceptance that takes more than 40 bits", () => {
    for (const susceptance of [2 ** 39, -(2 ** 39)]) {
      const made = version({ tree: [root, { ...child, susceptance }] });
      expect(() => packRecords(made)).to.throw(VersionError, /line 1: -?549755813888 does not fit/);
    }
  });
});

describe("unpackRecords", () => {
  it("refuses chunks of another length than the geometry's", () => {
    const chunks = packRecords(version());
    expect(() => unpack([...chunks, new Uint8Array(32)])).to.throw(VersionError, "160 bytes, 128 are due");
    expect(() => unpack([])).to.throw(VersionError, "0 bytes, 128 are due");
  });
});

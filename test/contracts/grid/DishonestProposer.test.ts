import { expect } from "chai";
import { keccak256 } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import type { GridRegistry } from "../../../typechain-types/index.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type {
  DirectoryEntry,
  EdgeRecord,
  Geometry,
  TreeRecord,
  VersionRecords,
} from "../../../workers/grid/version/types.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { refusal } from "../measurement/ledgerFixture.js";
import { tinyVersion } from "../measurement/tinyVersion.js";

// Tree: root 0 (bus 1), anchor 1 (bus 4), lines 2 (bus 2) and 3 (bus 3); chords 4, 5; probe 6.
const honest = tinyVersion();
const { meters, buses, chords } = honest.geometry;
const PROBE = buses + chords;

/** A version that is not what it should be, how, and what the proof says of it. */
type Forgery = readonly [what: string, forged: VersionRecords, record: number, flaw: string];

const forgeries: readonly Forgery[] = [
  ["a root without a number", tree(0, { bus: 0 }), 0, "BusNumber"],
  ["a root with a susceptance", tree(0, { susceptance: 1 }), 0, "Root"],
  ["a root with a line", tree(0, { line: 1 }), 0, "Root"],
  ["a root with a parent", tree(0, { parent: 1 }), 0, "Root"],
  ["a root with a main row", tree(0, { main: { meter: 0, weight: 1 } }), 0, "Root"],
  ["a root with an end", tree(0, { childIsFrom: true }), 0, "Root"],
  ["an anchor with a line", tree(1, { line: 1 }), 1, "LineNumber"],
  ["an anchor whose parent is itself", tree(1, { parent: 1 }), 1, "Parent"],
  ["an anchor whose parent is no root", tree(2, { line: 0, parent: 1 }, { anchors: 2 }), 2, "Parent"],
  ["an anchor with an end", tree(1, { childIsFrom: true }), 1, "Padding"],
  ["an anchor with its meter at the parent", tree(1, { mainAtParent: true }), 1, "Sign"],
  ["an anchor without a PMU", tree(1, { main: undefined }), 1, "Unmetered"],
  ["a bus without a number", tree(2, { bus: 0 }), 2, "BusNumber"],
  ["a bus that is its own parent", tree(2, { parent: 2 }), 2, "Parent"],
  ["a bus before its parent", tree(2, { parent: 3 }), 2, "Parent"],
  ["a parent beyond the tree", tree(3, { parent: buses }), 3, "Parent"],
  ["a tree line that carries nothing", tree(3, { susceptance: 0 }), 3, "Susceptance"],
  ["a tree line without a number", tree(3, { line: 0 }), 3, "LineNumber"],
  ["a tree line without a meter", tree(2, { main: undefined }), 2, "Unmetered"],
  ["a row of no weight", tree(2, { main: { meter: 0, weight: 0 } }, {}), 2, "Unmetered"],
  ["a row of no weight for a meter", tree(3, { main: { meter: 1, weight: 0 } }), 3, "Row"],
  ["a row for a meter beyond the last", tree(3, { main: { meter: meters + 1, weight: 1 } }), 3, "Row"],
  ["a flow row for no meter", tree(3, { main: { meter: meters, weight: 1 } }), 3, "Row"],
  [
    "an injection for a meter beyond the last",
    tree(3, { injection: { meter: 21_845, weight: 1 } }),
    3,
    "Row",
  ],
  ["a zero injection of no weight", tree(3, { injection: { meter: meters, weight: 0 } }), 3, "Row"],
  ["a chord that carries nothing", chord(0, { susceptance: 0 }), buses, "Susceptance"],
  ["a chord without a number", chord(0, { place: 0 }), buses, "LineNumber"],
  ["a chord that is a loop", chord(0, { to: 0, from: 0 }), buses, "Loop"],
  ["a chord from beyond the tree", chord(1, { from: buses }), buses + 1, "Endpoint"],
  ["a chord to beyond the tree", chord(1, { to: 32_767 }), buses + 1, "Endpoint"],
  ["a chord with an injection", chord(0, { kind: "injection" as "flowTo" }), buses, "Row"],
  ["a PMU as a chord, which would carry power", chord(0, { kind: "pmu" }), buses, "Row"],
  [
    "a chord with a row for a meter beyond the last",
    chord(0, { row: { meter: meters, weight: 1 } }),
    buses,
    "Row",
  ],
  ["a probe without a meter", probe({ row: undefined }), PROBE, "Row"],
  ["a probe that carries nothing", probe({ susceptance: 0 }), PROBE, "Susceptance"],
  ["a PMU at a root", probe({ kind: "pmu", from: 0, to: 1 }), PROBE, "Endpoint"],
  ["a PMU against a bus that is no root", probe({ kind: "pmu", from: 1, to: 2 }), PROBE, "Endpoint"],
  ["a range of 23 bits, which the mark of a missing value is in", entry(3, { rangeBits: 23 }), 3, "Range"],
  ["a range of no value but zero", entry(3, { rangeBits: -1 }), 3, "Range"],
];

/** Versions whose rows and directory tell two stories. */
const mismatches: readonly (readonly [what: string, forged: VersionRecords])[] = [
  ["a weight that differs between row and directory", tree(2, { main: weighed(2, 1) })],
  ["a weight in the directory alone", entry(0, { weight: honest.directory[0]!.weight - 1 })],
  ["a meter of another kind", entry(0, { kind: 2 })],
  ["a meter at another place", entry(0, { place: 2 })],
  ["a meter in two rows", tree(3, { main: honest.tree[2]!.main })],
  ["two meters in each other's rows", swappedRows()],
  ["two directory entries in each other's places", swappedEntries(0, 3)],
  ["a meter without a row", chord(0, { row: undefined })],
  ["a meter at the other end", tree(2, { childIsFrom: !honest.tree[2]!.childIsFrom })],
  ["a meter said to be at the parent", tree(3, { mainAtParent: !honest.tree[3]!.mainAtParent })],
  ["an injection at another bus", swappedInjections()],
];

describe("a dishonest proposer", () => {
  let registry: GridRegistry;
  let sharing: Awaited<ReturnType<typeof deploySharing>>;
  let restore: () => Promise<void>;
  before(async () => {
    sharing = await deploySharing();
    ({ registry } = sharing.as(0));
    const snapshot = await sharing.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  /** Proposes and stores a version with hashes that fit, and proves it. */
  const prove = async (records: VersionRecords, chunks = packRecords(records)): Promise<unknown> => {
    const hashes = chunks.map((bytes) => keccak256(bytes));
    await registry.propose(records.geometry, [...records.metersBySeat], hashes, keccak256("0x"));
    for (const [i, bytes] of chunks.entries()) await registry.storeChunk(1, i, bytes);
    return await registry.prove(1, 0, (await registry.summary(1)).partCount - 1n);
  };
  const propose = async (change: Partial<Geometry>, seats = honest.metersBySeat): Promise<unknown> =>
    await registry.propose({ ...honest.geometry, ...change }, [...seats], [keccak256("0x")], keccak256("0x"));

  it("would have an honest version proved", async () => {
    await prove(honest);
    expect((await registry.summary(1)).status).to.equal(2n);
  });

  for (const [what, forged, record, flaw] of forgeries) {
    it(`cannot have ${what} proved`, async () => {
      const reason = await refusal(prove(forged));
      expect(reason).to.deep.include({
        name: "VersionProofUnsound",
        arguments: { record: String(record), flaw },
      });
      expect((await registry.summary(1)).partsProved).to.equal(0n);
    });
  }

  for (const [what, forged] of mismatches) {
    it(`cannot have ${what} proved`, async () => {
      expect((await refusal(prove(forged))).name).to.equal("GridRegistryDirectoryMismatch");
    });
  }

  it("cannot leave a row between two meters", async () => {
    for (const [record, flaw] of [
      [2, "Row"],
      [buses, "Row"],
    ] as const) {
      await restore();
      const chunk = packRecords(honest)[0]!.slice();
      // The offset of the last row, three times the meter's number, is in the lowest bits of a word.
      chunk[32 * record + 31] = chunk[32 * record + 31]! + 1;
      const reason = await refusal(prove(honest, [chunk]));
      expect(reason.arguments).to.deep.equal({ record: String(record), flaw });
    }
  });

  it("cannot have virtual rows counted wrongly", async () => {
    for (const virtualRows of [0, 2]) {
      await restore();
      const reason = await refusal(prove({ ...honest, geometry: { ...honest.geometry, virtualRows } }));
      expect(reason.name).to.equal("GridRegistryVirtualRows");
      expect(reason.arguments).to.include({ got: "1", want: String(virtualRows) });
    }
  });

  it("cannot pass a range mask with a hole", async () => {
    for (const mask of [0x000000, 0x7ffffe, 0x400000, 0xfffffd, 0xa00000, 0x800001, 0xffffff]) {
      await restore();
      const chunk = packRecords(honest)[0]!.slice();
      const at = 32 * (buses + chords + honest.geometry.probes) + 3 * 5;
      chunk.set([mask >> 16, (mask >> 8) & 0xff, mask & 0xff], at);
      const reason = await refusal(prove(honest, [chunk]));
      expect(reason.arguments, `mask ${mask.toString(16)}`).to.deep.equal({ record: "5", flaw: "Range" });
    }
  });

  it("cannot propose sizes out of bounds", async () => {
    const wrong: [string, Partial<Geometry>][] = [
      ["roots", { roots: 0 }],
      ["anchors", { anchors: buses }],
      ["buses", { buses: 1, anchors: 0 }],
      ["buses", { buses: 32_768 }],
      ["chords", { chords: 32_768 }],
      ["probes", { probes: 32_768 }],
      ["meters", { meters: 0 }],
      ["meters", { meters: 32_768 }],
      ["rows", { buses: 10 }],
      ["weightDigits", { weightDigits: 65 }],
      ["angleDigits", { angleDigits: 41 }],
      ["powerUnitKw", { powerUnitKw: 0 }],
    ];
    for (const [what, change] of wrong) {
      const reason = await refusal(propose(change));
      expect(reason.name, what).to.equal("GridRegistryBadGeometry");
      expect(reason.arguments.what).to.equal(what);
    }
    await propose({ weightDigits: 64, angleDigits: 40 });
  });

  it("cannot give meters to seats that are no member's, or count them wrongly", async () => {
    expect((await refusal(propose({}, [3, 3, 1]))).arguments).to.deep.equal({ got: "7", want: "8" });
    expect((await refusal(propose({}, [3, 3, 0, 0, 2]))).name).to.equal("GridRegistryOwnerNotMember");
    await sharing.as(2).consortium.transfer(sharing.members[0]!.address, 10n ** 12n);
    await sharing.contracts.consortium.expel(sharing.members[2]!.address);
    expect((await refusal(propose({}))).arguments).to.deep.equal({ seat: "2" });
  });

  it("cannot name chunks that the sizes do not ask for", async () => {
    const { geometry, metersBySeat } = honest;
    for (const hashes of [[], [keccak256("0x"), keccak256("0x")]]) {
      const reason = await refusal(registry.propose(geometry, [...metersBySeat], hashes, keccak256("0x")));
      expect(reason.name).to.equal("GridRegistryChunkCount");
      expect(reason.arguments).to.include({ got: String(hashes.length), want: "1" });
    }
  });
});

function tree(at: number, change: Partial<TreeRecord>, geometry: Partial<Geometry> = {}): VersionRecords {
  return {
    ...honest,
    geometry: { ...honest.geometry, ...geometry },
    tree: honest.tree.map((record, i) => (i === at ? { ...record, ...change } : record)),
  };
}

function chord(at: number, change: Partial<EdgeRecord>): VersionRecords {
  return { ...honest, chords: honest.chords.map((edge, i) => (i === at ? { ...edge, ...change } : edge)) };
}

function probe(change: Partial<EdgeRecord>): VersionRecords {
  return { ...honest, probes: honest.probes.map((edge, i) => (i === 0 ? { ...edge, ...change } : edge)) };
}

function entry(at: number, change: Partial<DirectoryEntry>): VersionRecords {
  return { ...honest, directory: honest.directory.map((e, i) => (i === at ? { ...e, ...change } : e)) };
}

function weighed(at: number, more: number): TreeRecord["main"] {
  const { meter, weight } = honest.tree[at]!.main!;
  return { meter, weight: weight - more };
}

function swappedRows(): VersionRecords {
  const [a, b] = [honest.tree[2]!.main, honest.tree[3]!.main];
  return {
    ...honest,
    tree: honest.tree.map((record, i) =>
      i === 2 ? { ...record, main: b } : i === 3 ? { ...record, main: a } : record,
    ),
  };
}

function swappedEntries(a: number, b: number): VersionRecords {
  const { directory } = honest;
  return { ...honest, directory: directory.map((e, i) => directory[i === a ? b : i === b ? a : i] ?? e) };
}

function swappedInjections(): VersionRecords {
  const [a, b] = [honest.tree[0]!.injection, honest.tree[1]!.injection];
  return {
    ...honest,
    tree: honest.tree.map((r, i) =>
      i === 0 ? { ...r, injection: b } : i === 1 ? { ...r, injection: a } : r,
    ),
  };
}

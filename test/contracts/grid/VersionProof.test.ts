import { expect } from "chai";
import { hexlify } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { EdgeRecord, TreeRecord } from "../../../workers/grid/version/types.js";
import { unpackRecords } from "../../../workers/grid/version/unpackRecords.js";
import { tinyVersion } from "../measurement/tinyVersion.js";

const RECORD_BITS = 256;
const RANGE_BITS = 24;
const ENTRY_BITS = 64;
/** Proofs in one call. */
const BATCH = 64;

/** What a voter has to judge: the proof cannot know the physics, nor the names of what carries no meter, nor the weight of a zero injection. */
const TREE_FREE = new Set(["susceptance", "bus"]);
const EDGE_FREE = new Set(["susceptance", "shift", "place", "kind"]);

describe("VersionProof", () => {
  const records = tinyVersion();
  const { geometry, metersBySeat } = records;
  const [chunk] = packRecords(records);
  const recordBits = RECORD_BITS * (geometry.buses + geometry.chords + geometry.probes);
  const directoryAt = recordBits + 8 * 32 * Math.ceil((geometry.meters * 3) / 32);
  let reasons: string[];
  before(async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("ProofHarness");
    await harness.getFunction("prove").staticCall(geometry, hexlify(chunk!));
    const count = directoryAt + ENTRY_BITS * geometry.meters;
    reasons = [];
    // Memory is never given back within a call: many short ones are faster.
    for (let first = 0; first < count; first += BATCH) {
      const result: unknown = await harness
        .getFunction("turnEach")
        .staticCall(geometry, hexlify(chunk!), first, Math.min(BATCH, count - first));
      reasons.push(...(result as string[]));
    }
  });

  /** The error's name and the record that it names, if any. */
  const refusalOf = (bit: number): { name: string; record?: string | undefined } | undefined => {
    const data = reasons[bit]!;
    if (data === "0x") return undefined;
    const { name, arguments: args } = revertReason({ data })!;
    return { name, record: args.record };
  };

  it("refuses every turned bit of a record by its number, or as different from the directory, or leaves it to the voters", () => {
    const original = unpackRecords(geometry, metersBySeat, [chunk!]);
    const whole = [...original.tree, ...original.chords, ...original.probes];
    let refused = 0;
    for (let bit = 0; bit < recordBits; bit++) {
      const index = Math.floor(bit / RECORD_BITS);
      const reason = refusalOf(bit);
      if (reason !== undefined) {
        refused++;
        if (reason.record !== undefined) expect(reason.record, `bit ${bit}`).to.equal(String(index));
        continue;
      }
      const turned = chunk!.slice();
      turned[bit >> 3] = turned[bit >> 3]! ^ (0x80 >> (bit & 7));
      const after = unpackRecords(geometry, metersBySeat, [turned]);
      const changed = differences(whole[index]!, [...after.tree, ...after.chords, ...after.probes][index]!);
      expect(changed, `bit ${bit} of record ${index} is read by nobody`).to.have.length(1);
      const free = index < geometry.buses ? TREE_FREE : EDGE_FREE;
      const virtual = original.tree[index]?.injection?.meter === geometry.meters;
      if (virtual && changed[0] === "injection") continue;
      expect(free, `bit ${bit} of record ${index}`).to.include(changed[0]);
    }
    expect(refused).to.be.above(recordBits * 0.6);
  });

  it("refuses every turned bit of the directory", () => {
    for (let bit = directoryAt; bit < directoryAt + ENTRY_BITS * geometry.meters; bit++) {
      const meter = Math.floor((bit - directoryAt) / ENTRY_BITS);
      const reason = refusalOf(bit);
      expect(reason, `bit ${bit} of meter ${meter}`).not.to.equal(undefined);
      if (reason!.record !== undefined) expect(reason!.record).to.equal(String(meter));
    }
  });

  it("refuses every turned bit of a range, but one that makes another range", () => {
    for (let meter = 0; meter < geometry.meters; meter++) {
      const { rangeBits } = records.directory[meter]!;
      for (let bit = 0; bit < RANGE_BITS; bit++) {
        // The mask has its lowest one at rangeBits + 1; one more or one less of them is a range as well.
        const position = RANGE_BITS - 1 - bit;
        const another = position === rangeBits || (position === rangeBits + 1 && position !== RANGE_BITS - 1);
        const reason = refusalOf(recordBits + meter * RANGE_BITS + bit);
        if (another) expect(reason).to.equal(undefined);
        else expect(reason).to.deep.equal({ name: "VersionProofUnsound", record: String(meter) });
      }
    }
  });
});

function differences(a: TreeRecord | EdgeRecord, b: TreeRecord | EdgeRecord): string[] {
  const [p, q] = [a, b].map((record) => new Map(Object.entries(record)));
  return [...p!.keys()].filter((key) => JSON.stringify(p!.get(key)) !== JSON.stringify(q!.get(key)));
}

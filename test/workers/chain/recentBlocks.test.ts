import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { RecentBlocks } from "../../../workers/chain/recentBlocks.js";

/** A node that shows a branch: hashes by number. */
function showing(branch: readonly string[]): JsonRpcProvider {
  const send = async (method: string, [number]: [string, boolean]): Promise<object | null> => {
    expect(method).to.equal("eth_getBlockByNumber");
    const hash = branch[Number(number)];
    return await Promise.resolve(
      hash === undefined ? null : { number, hash, miner: "0xAB", extraData: "0x", mixHash: "0x00" },
    );
  };
  return { send } as unknown as JsonRpcProvider;
}

const plain = (length: number, mark = "a"): string[] => Array.from({ length }, (_, i) => `${mark}${i}`);

describe("RecentBlocks", () => {
  it("tells how many blocks were taken back, whatever the branches", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ undo: fc.nat(20), grow: fc.nat(30) }), { maxLength: 8 }),
        async (turns) => {
          const recent = new RecentBlocks();
          let branch = plain(30);
          await recent.follow(showing(branch), branch.length - 1);
          for (const [round, { undo, grow }] of turns.entries()) {
            const kept = Math.max(1, branch.length - undo);
            const next = [...branch.slice(0, kept), ...plain(grow, `round ${round} `)];
            const told = await recent.follow(showing(next), next.length - 1);
            const left = branch.length - kept;
            // Nothing stands in for what was left yet: the node may just be behind.
            const behind = next.length === kept && left > 0;
            if (behind) {
              expect(told).to.equal(undefined);
              branch = [...branch];
            } else {
              expect(told).to.deep.equal(left === 0 ? undefined : { from: branch.length - 1, depth: left });
              branch = next;
            }
            expect(recent.blocks.map(({ hash }) => hash)).to.deep.equal(branch);
          }
        },
      ),
    );
  });

  it("leaves out what it had no time to see", async () => {
    const recent = new RecentBlocks();
    await recent.follow(showing(plain(10)), 9);
    await recent.follow(showing(plain(1000)), 999);
    expect(recent.blocks.map(({ number }) => number)).to.deep.equal([
      ...Array.from({ length: 10 }, (_, i) => i),
      ...Array.from({ length: 64 }, (_, i) => 936 + i),
    ]);
    // All that it remembers is gone.
    expect(await recent.follow(showing(plain(1001, "b")), 1000)).to.deep.equal({ from: 999, depth: 1000 });
  });
});

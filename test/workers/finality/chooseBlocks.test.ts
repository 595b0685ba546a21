import { expect } from "chai";
import { describe, it } from "mocha";
import { chooseBlocks } from "../../../workers/finality/chooseBlocks.js";
import type { Link } from "../../../workers/finality/overlayChain.js";
import { BlockTree, TreeView } from "./blockTree.js";
import { plainOverlay } from "./nodes.js";

describe("chooseBlocks", () => {
  const tree = new BlockTree();
  const trunk = tree.grow(tree.root, 30);
  const branch = tree.grow(trunk[4]!, 25, 1);
  const choose = async (block: (height: number) => Link | undefined, last: Link, target: number) => {
    const chain = new TreeView(tree, plainOverlay(4));
    chain.block = (height) => Promise.resolve(block(height));
    return await chooseBlocks(chain, { target, last, anchors: [], start: 0 });
  };

  it("takes every height after the last, in order", async () => {
    const choice = await choose((height) => trunk[height - 1], trunk[9]!, 14);
    expect(choice).to.deep.equal({ blocks: trunk.slice(10, 14) });
  });

  it("takes nothing from answers that are of two branches, though the last one is there at every look", async () => {
    for (let turned = 11; turned <= 14; turned++) {
      // The node holds the block that was signed whenever it is asked for it, and has turned in between.
      const answer = (height: number): Link | undefined =>
        height < turned ? trunk[height - 1] : branch[height - 6];
      expect(await choose(answer, trunk[9]!, 14), `turned at ${turned}`).to.deep.equal({ blocks: [] });
    }
  });

  it("takes nothing where a block is not there, or none is deep enough", async () => {
    expect(
      await choose((height) => (height === 12 ? undefined : trunk[height - 1]), trunk[9]!, 14),
    ).to.deep.equal({
      blocks: [],
    });
    expect(await choose((height) => trunk[height - 1], trunk[9]!, 10)).to.deep.equal({ blocks: [] });
  });

  it("says which block its chain lacks", async () => {
    const { number, hash } = trunk[9]!;
    expect(await choose((height) => branch[height - 6], trunk[9]!, 14)).to.deep.equal({
      astrayFrom: { number, hash },
    });
  });
});

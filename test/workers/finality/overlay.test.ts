import { expect } from "chai";
import { join } from "node:path";
import { mkdirSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import { signAttestation, type SignedAttestation } from "../../../workers/finality/attestation.js";
import { allEvidence, latestFinal, signedSince } from "../../../workers/finality/journal.js";
import type { Link } from "../../../workers/finality/overlayChain.js";
import { httpPeer } from "../../../workers/finality/peer.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { BlockTree } from "./blockTree.js";
import { keyOf, plainOverlay, shown, testNodes, type TestNode, turns } from "./nodes.js";

const domain = { chainId: 7n, overlay: `0x${"0f".repeat(20)}` };
/** On top of a block that is signed, among four seats. */
const DEPTH = 3;

const sign = (seat: number, { number, hash }: Link, epoch = 0): SignedAttestation => {
  const attestation = { epoch, number, hash };
  return { ...attestation, seat, signature: signAttestation(keyOf(seat), domain, attestation) };
};

describe("nodes of the finality overlay", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let count = 0;
  let tree: BlockTree;
  let trunk: Link[];
  let nodes: TestNode[];
  let close: () => Promise<void>;
  let own: string;

  const start = async (seats: readonly number[], overlay = plainOverlay(4)): Promise<void> => {
    own = join(folder, String(++count));
    mkdirSync(own);
    ({ nodes, close } = await testNodes(own, tree, seats, overlay, domain));
  };
  const follow = (tip: Link, ...seats: number[]): void => {
    for (const node of nodes) if (seats.length === 0 || seats.includes(node.seat)) node.view.tip = tip;
  };
  const finals = (): number[] => nodes.map((node) => node.final());

  beforeEach(async () => {
    tree = new BlockTree();
    trunk = tree.grow(tree.root, 40);
    await start([0, 1, 2, 3]);
    follow(trunk[9]!);
    // At its first use a journal signs nothing at or below the chain's height.
    await turns(nodes, 1);
  });
  afterEach(async () => await close());

  it("come to one final block, so deep as was agreed, with a quorum's signatures", async () => {
    expect(finals()).to.deep.equal([-1, -1, -1, -1]);
    follow(trunk[19]!);
    await turns(nodes);
    expect(finals()).to.deep.equal(Array(4).fill(20 - DEPTH));
    for (const { store } of nodes) {
      const { hash, attestations } = latestFinal(store)!;
      expect(hash).to.equal(trunk[20 - DEPTH - 1]!.hash);
      expect(new Set(attestations.map(({ seat }) => seat)).size).to.be.at.least(3);
    }
  });

  it("wait longer where the members voted for more confirmations", async () => {
    await close();
    await start([0, 1, 2, 3], plainOverlay(4, 0, { confirmationDepth: 8 }));
    follow(trunk[9]!);
    await turns(nodes, 1);
    follow(trunk[29]!);
    await turns(nodes);
    expect(finals()).to.deep.equal([22, 22, 22, 22]);
  });

  it("go on with one of four down, not with two; and catch up when they return", async () => {
    const [down, ...up] = nodes as [TestNode, ...TestNode[]];
    follow(trunk[19]!);
    await turns(up);
    expect(finals().slice(1)).to.deep.equal([17, 17, 17]);
    follow(trunk[29]!);
    await turns(up.slice(1));
    expect(finals().slice(2)).to.deep.equal([17, 17]);
    await turns([down, ...up.slice(1)]);
    expect(finals()).to.deep.equal([27, 17, 27, 27]);
  });

  it("sign nothing while they do not reach the heights of their keys, or with another key", async () => {
    await close();
    await start([0, 1, 2, 3], plainOverlay(4, 25));
    follow(trunk[9]!);
    await turns(nodes, 1);
    follow(trunk[26]!);
    await turns(nodes);
    expect(nodes[0]!.logged.join("")).to.include("not registered for its seat");
    expect(finals()).to.deep.equal([-1, -1, -1, -1]);
    follow(trunk[29]!);
    await turns(nodes);
    expect(finals()).to.deep.equal([27, 27, 27, 27]);
  });

  it("never sign a branch without the block that they signed before", async () => {
    follow(trunk[19]!);
    await turns(nodes);
    const other = tree.grow(trunk[14]!, 20, 1).at(-1)!;
    follow(other);
    await turns(nodes);
    for (const { store, logged } of nodes) {
      expect(signedSince(store, 0, 18)).to.deep.equal([]);
      expect(logged.join("")).to.include("lacks a block that was signed or is final");
    }
    follow(trunk[24]!);
    await turns(nodes);
    expect(finals()).to.deep.equal([22, 22, 22, 22]);
  });

  it("say that what is final is not on their chain", async () => {
    follow(trunk[19]!, 0, 1, 2);
    const other = tree.grow(trunk[9]!, 10, 1).at(-1)!;
    follow(other, 3);
    await turns(nodes);
    expect(finals()).to.deep.equal([17, 17, 17, -1]);
    expect(nodes[3]!.logged.join("")).to.include("a final block is not on this node's chain");
  });

  it("catch up by 256 heights at a time, linked to what was signed", async () => {
    follow(trunk[19]!);
    await turns(nodes);
    const far = tree.grow(trunk[39]!, 600);
    follow(far.at(-1)!);
    await turns(nodes, 4);
    expect(finals()).to.deep.equal(Array(4).fill(640 - DEPTH));
    const signed = signedSince(nodes[0]!.store, 0, 18).map(({ number }) => number);
    expect(signed).to.have.length(3 * 32);
  });

  it("take no attestation that no seat signed, and are not filled up by one that signs much", async () => {
    follow(trunk[19]!);
    await turns(nodes.slice(0, 1), 1);
    const peer = httpPeer(nodes[0]!.url);
    const good = sign(2, trunk[16]!);
    const flipped = `${good.signature.slice(0, 20)}${good.signature[20] === "0" ? "1" : "0"}${good.signature.slice(21)}`;
    await peer.push([
      { ...good, signature: flipped },
      { ...good, seat: 1 },
      { ...good, seat: 7 },
      { ...good, epoch: 1 },
      { ...good, number: 18 },
      { ...sign(2, trunk[30]!) },
    ]);
    expect((await shown(nodes[0]!.url)).filter(({ seat }) => seat !== 0)).to.deep.equal([]);
    for (let i = 0; i < 8; i++)
      await peer.push(tree.grow(trunk[15]!, 1, 100 + i).map((block) => sign(2, block)));
    const kept = (await shown(nodes[0]!.url)).filter(({ seat }) => seat === 2);
    expect(kept).to.have.length(2);
    for (const body of [
      "",
      "[]",
      "{}",
      '{"attestations":[{}]}',
      `{"attestations":"${"x".repeat(300_000)}"}`,
    ]) {
      const answer = await fetch(`${nodes[0]!.url}/finality/attestations`, { method: "POST", body });
      expect(answer.status, body.slice(0, 40)).to.be.oneOf([400, 413]);
    }
    expect((await fetch(`${nodes[0]!.url}/finality/attestations?from=-1`)).status).to.equal(400);
  });

  it("offer what they signed again after a restart", async () => {
    for (const { cut } of nodes) for (const seat of [0, 1, 2, 3]) cut.add(seat);
    follow(trunk[19]!);
    await turns(nodes);
    expect(finals()).to.deep.equal([-1, -1, -1, -1]);
    await close();
    ({ nodes, close } = await testNodes(own, tree, [0, 1, 2, 3], plainOverlay(4), domain));
    follow(trunk[19]!);
    await turns(nodes);
    expect(finals()).to.deep.equal([17, 17, 17, 17]);
  });

  it("keep evidence of a seat that equivocates, or leaves the branch that it signed", async () => {
    follow(trunk[19]!);
    await turns(nodes.slice(0, 3));
    const branch = tree.grow(trunk[14]!, 4, 5);
    const peer = httpPeer(nodes[0]!.url);
    // Seat 3 signs the branch's block 16, and later the trunk's block 17.
    await peer.push([sign(3, branch[0]!), sign(3, trunk[16]!)]);
    await turns(nodes.slice(0, 1), 1);
    const [fork] = allEvidence(nodes[0]!.store);
    expect([fork!.seat, fork!.first.number, fork!.second.number, fork!.headers.length]).to.deep.equal([
      3, 16, 17, 1,
    ]);
    await peer.push([sign(3, branch[1]!)]);
    const [, ...more] = allEvidence(nodes[0]!.store);
    // One fault a seat and height.
    expect(more).to.deep.equal([]);
    await peer.push([sign(3, trunk[15]!)]);
    const found = allEvidence(nodes[0]!.store).map(({ first, second }) => [first.number, second.number]);
    expect(found).to.deep.equal([
      [16, 16],
      [16, 17],
    ]);
  });

  it("find no fault in seats that keep the rule, however the chain turns", async () => {
    const branch = tree.grow(trunk[14]!, 30, 9);
    // Turns that come before anything was signed deep enough, back and forth.
    for (let height = 16; height < 38; height++) {
      follow(trunk[height]!);
      if (height === 16) follow(branch[1]!, 0, 1);
      await turns(nodes, 1);
    }
    await turns(nodes);
    for (const { store } of nodes) expect(allEvidence(store)).to.deep.equal([]);
    expect(new Set(finals()).size).to.equal(1);
  });
});

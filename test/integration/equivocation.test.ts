import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { signAttestation, type SignedAttestation } from "../../workers/finality/attestation.js";
import { allEvidence, latestFinal } from "../../workers/finality/journal.js";
import type { Link } from "../../workers/finality/overlayChain.js";
import { httpPeer } from "../../workers/finality/peer.js";
import { asStruct, proveFault } from "../../workers/finality/proveFault.js";
import { readSigners, readStanding } from "../../workers/finality/readOverlay.js";
import { recordFinal } from "../../workers/finality/recordFinal.js";
import { faultCalls } from "../../workers/chain/governance/faultCalls.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { overlayFixture } from "../contracts/finality/overlayFixture.js";
import { refusal } from "../contracts/measurement/ledgerFixture.js";
import { carry } from "../support/carry.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { BlockTree } from "../workers/finality/blockTree.js";
import { keyOf, testNodes, type TestNode, turns } from "../workers/finality/nodes.js";

/*
 * Four seats, of which seat 3 signs whatever serves it; three keep the rule. Their blocks are those of a tree that the test
 * grows, so that it can part them; keys, seats, votes and proofs are those of real contracts.
 */
describe("an equivocating seat among four", function suite() {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const EVIL = 3;
  let count = 0;
  let f: Awaited<ReturnType<typeof overlayFixture>>;
  let tree: BlockTree;
  let trunk: Link[];
  let nodes: TestNode[];
  let close: () => Promise<void>;

  const evil = ({ number, hash }: Link, epoch = 0): SignedAttestation => {
    const attestation = { epoch, number, hash };
    return { ...attestation, seat: EVIL, signature: signAttestation(keyOf(EVIL), f.domain, attestation) };
  };
  const give = async (seat: number, blocks: readonly Link[]): Promise<void> =>
    await httpPeer(nodes[seat]!.url).push(blocks.map((block) => evil(block)));
  const part = (...sides: readonly (readonly number[])[]): void => {
    for (const { seat, cut } of nodes) {
      cut.clear();
      const mine = sides.find((side) => side.includes(seat)) ?? [];
      for (const other of [0, 1, 2]) if (sides.length > 0 && !mine.includes(other)) cut.add(other);
    }
  };
  const follow = (tip: Link, ...seats: readonly number[]): void => {
    for (const { seat, view } of nodes) if (seats.length === 0 || seats.includes(seat)) view.tip = tip;
  };
  /** What any node takes for final never excludes what another one does. */
  const checkOneChain = (): void => {
    const finals = nodes.map(({ store }) => latestFinal(store)).filter((one) => one !== undefined);
    for (const one of finals) {
      for (const other of finals) {
        const [low, high] = one.number <= other.number ? [one, other] : [other, one];
        let block = tree.get(high.hash)!;
        while (block.number > low.number) block = tree.get(block.parentHash)!;
        expect(block.hash, `blocks ${low.number} and ${high.number} are final`).to.equal(low.hash);
      }
    }
  };

  beforeEach(async () => {
    f = await overlayFixture();
    // The tree's blocks lie where the keys sign, and so deep that this chain no longer knows its own of those heights.
    const height = await f.height();
    tree = new BlockTree(height);
    trunk = tree.grow(tree.root, 30);
    await f.networkHelpers.mine(400);
    const folderHere = join(folder, String(++count));
    mkdirSync(folderHere);
    const standing = async () => await readStanding(f.overlay, await f.height());
    const signers = async () => await readSigners(f.overlay, await f.height());
    const made = await testNodes(folderHere, tree, [0, 1, 2], { standing, signers }, f.domain);
    nodes = made.nodes;
    close = made.close;
    follow(trunk[4]!);
    await turns(nodes, 1);
  });
  afterEach(async () => await close());

  it("cannot make two blocks of one height final, is convicted on the chain, and loses its seat by vote", async () => {
    const left = trunk[14]!;
    const fork = tree.grow(trunk[7]!, 7, 1);
    const right = fork.at(-1)!;
    // Two and the evil one on one branch, one and the evil one on the other.
    part([0, 1], [2]);
    follow(left, 0, 1);
    follow(right, 2);
    const deep = (branch: readonly Link[]): Link[] =>
      branch.filter(({ number }) => number > trunk[4]!.number && number <= left.number - 3);
    for (let round = 0; round < 2; round++) {
      await turns(nodes);
      await give(0, deep(trunk));
      await give(1, deep(trunk));
      await give(2, deep([...trunk.slice(0, 8), ...fork]));
      checkOneChain();
    }
    const [a, b, c] = nodes.map((node) => node.final());
    expect([a, b]).to.deep.equal([left.number - 3, left.number - 3]);
    // Up to the fork all signed the same.
    expect(c).to.be.at.most(trunk[7]!.number);

    // Every arrangement of what it may show, to whomever: never both.
    for (const one of nodes) for (const branch of [trunk, fork]) await give(one.seat, deep(branch));
    part();
    follow(left);
    await turns(nodes, 3);
    checkOneChain();
    expect(nodes[2]!.logged.join("")).to.include("lacks a block that was signed");

    // Everyone who saw both has the evidence; the chain believes it, and nobody else is accused.
    const [evidence, ...more] = allEvidence(nodes[0]!.store);
    expect(new Set([evidence!, ...more].map(({ seat }) => seat))).to.deep.equal(new Set([EVIL]));
    const contracts = connectContracts(
      {
        consortium: await f.consortium.getAddress(),
        registry: await f.consortium.getAddress(),
        ledger: await f.ledger.getAddress(),
        finality: await f.overlay.getAddress(),
      },
      f.stranger,
    );
    const { id } = await proveFault(contracts.finality!, evidence!);
    const calls = await faultCalls(id, contracts);
    const voters = [0, 1, 2].map((seat) => f.member(seat));
    await carry(f.governance, f.networkHelpers.time, voters, calls);
    expect(await f.consortium.activeSeats()).to.equal(0b111n);
    expect((await f.consortium.memberAt(EVIL)).credits).to.equal(0n);

    // The others go on: two of three are a quorum now, and what the expelled one signs is not taken.
    const later = tree.grow(left, 20).at(-1)!;
    follow(later);
    await turns(nodes, 3);
    expect(nodes.map((node) => node.final())).to.deep.equal(Array(3).fill(later.number - 3));
    const final = latestFinal(nodes[0]!.store)!;
    expect(final.attestations.map(({ seat }) => seat)).to.deep.equal([0, 1]);
    await recordFinal(contracts.finality!, final.attestations);
    expect(await f.overlay.finalHash(final.number)).to.equal(final.hash);
  });

  it("is convicted of a fork, where it never signed two blocks of one height", async () => {
    const fork = tree.grow(trunk[7]!, 7, 2);
    follow(trunk[14]!);
    await turns(nodes);
    await give(0, [fork[1]!, trunk[10]!]);
    await turns(nodes.slice(0, 1), 1);
    const [evidence] = allEvidence(nodes[0]!.store);
    expect([evidence!.first.number, evidence!.second.number]).to.deep.equal([
      trunk[9]!.number,
      trunk[10]!.number,
    ]);
    const { id } = await proveFault(f.overlay.connect(f.stranger), evidence!);
    expect((await f.overlay.fault(id)).seat).to.equal(BigInt(EVIL));
  });

  it("nothing that seats sign that keep the rule can be made a fault", async () => {
    follow(trunk[14]!);
    await turns(nodes);
    const signed = await httpPeer(nodes[0]!.url).fetch(0);
    const mine = signed.filter(({ seat }) => seat === 0).toSorted((x, y) => x.number - y.number);
    expect(mine.length).to.be.above(4);
    for (const first of mine) {
      for (const second of mine) {
        const sides = [asStruct(first), first.signature, asStruct(second), second.signature] as const;
        await refusal(f.overlay.proveEquivocation.staticCall(0, ...sides));
        const headers: string[] = [];
        for (
          let block = tree.get(second.hash)!;
          block.number > first.number;
          block = tree.get(block.parentHash)!
        ) {
          headers.push(block.header);
        }
        await refusal(f.overlay.proveFork.staticCall(0, ...sides, headers));
      }
    }
  });

  it("signatures that a partition split come together in another epoch, by vote", async () => {
    const fork = tree.grow(trunk[7]!, 7, 3);
    // Seat 3 is silent; of three that sign, two are no quorum of four.
    part([0, 1], [2]);
    follow(trunk[14]!, 0, 1);
    follow(fork.at(-1)!, 2);
    await turns(nodes);
    part();
    const tip = tree.grow(trunk[29]!, 20).at(-1)!;
    follow(tip);
    await turns(nodes, 3);
    const before = nodes.map((node) => node.final());
    // What all signed before the chain parted is final, nothing above it.
    expect(before).to.deep.equal(Array(3).fill(trunk[7]!.number));

    const base = trunk[20]!;
    const data = f.overlay.interface.encodeFunctionData("advanceEpoch", [0, base.number, base.hash]);
    const voters = [0, 1, 2].map((seat) => f.member(seat));
    await carry(f.governance, f.networkHelpers.time, voters, [
      { target: await f.overlay.getAddress(), data },
    ]);
    await turns(nodes, 3);
    expect(nodes.map((node) => node.final())).to.deep.equal(Array(3).fill(tip.number - 3));
    checkOneChain();
    // In the new epoch nobody signs what does not descend from the block that was voted for.
    follow(tree.grow(trunk[18]!, 60, 4).at(-1)!);
    await turns(nodes, 2);
    expect(nodes.map((node) => node.final())).to.deep.equal(Array(3).fill(tip.number - 3));
    for (const { logged, store } of nodes) {
      expect(logged.at(-1)).to.include("lacks a block");
      expect(allEvidence(store)).to.deep.equal([]);
    }
  });
});

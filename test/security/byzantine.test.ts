import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { signAttestation, type SignedAttestation } from "../../workers/finality/attestation.js";
import { finalityQuorum } from "../../workers/finality/finalityQuorum.js";
import { allEvidence, latestFinal } from "../../workers/finality/journal.js";
import type { Link } from "../../workers/finality/overlayChain.js";
import { httpPeer } from "../../workers/finality/peer.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { BlockTree } from "../workers/finality/blockTree.js";
import { keyOf, plainOverlay, shown, type TestNode, testNodes, turns } from "../workers/finality/nodes.js";

const SEATS = 7;
/** ⌊(7-1)/3⌋ */
const FAULTS = 2;
/** On top of a block that is signed, among seven seats. */
const DEPTH = 4;
const domain = { chainId: 7n, overlay: `0x${"0f".repeat(20)}` };

/** Whether what one of two nodes takes for final excludes what the other does. */
const excludes = (tree: BlockTree, one: TestNode, other: TestNode): boolean => {
  const finals = [one, other].map(({ store }) => latestFinal(store));
  const [low, high] = finals.sort((a, b) => (a?.number ?? -1) - (b?.number ?? -1));
  if (low === undefined || high === undefined) return false;
  let block = tree.get(high.hash)!;
  while (block.number > low.number) block = tree.get(block.parentHash)!;
  return block.hash !== low.hash;
};

/*
 * Paper 002, Table 4, F9 and F10: seven validators, of which some sign whatever serves them. What a report is released by is
 * what is final (docs/finality.md). The honest ones are real nodes with their journals, over HTTP.
 */
describe("paper 002, Table 4: validators at fault", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let made = 0;
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => await close?.());

  /** Seven seats, the last `evil` of them in the attacker's hand, and two branches from a block that is deep enough. */
  const scene = async (evil: number) => {
    const tree = new BlockTree();
    const trunk = tree.grow(tree.root, 30);
    const fork = tree.grow(trunk[9]!, 20, 1);
    const own = join(folder, String(++made));
    mkdirSync(own);
    const honest = Array.from({ length: SEATS - evil }, (_, seat) => seat);
    const started = await testNodes(own, tree, honest, plainOverlay(SEATS), domain);
    close = started.close;
    const { nodes } = started;
    const follow = (tip: Link, ...seats: readonly number[]): void => {
      for (const { seat, view } of nodes) if (seats.length === 0 || seats.includes(seat)) view.tip = tip;
    };
    const part = (...sides: readonly (readonly number[])[]): void => {
      for (const { seat, cut } of nodes) {
        cut.clear();
        if (sides.length === 0) continue;
        const mine = sides.find((side) => side.includes(seat)) ?? [];
        for (const other of honest) if (!mine.includes(other)) cut.add(other);
      }
    };
    /** Every seat of the attacker signs these blocks, and gives that to a node. */
    const give = async (to: number, blocks: readonly Link[]): Promise<void> => {
      const signed = blocks.flatMap(({ number, hash }) =>
        Array.from({ length: evil }, (_, i): SignedAttestation => {
          const seat = SEATS - evil + i;
          const attestation = { epoch: 0, number, hash };
          return { ...attestation, seat, signature: signAttestation(keyOf(seat), domain, attestation) };
        }),
      );
      await httpPeer(nodes[to]!.url).push(signed);
    };
    follow(trunk[4]!);
    await turns(nodes, 1);
    return { tree, trunk, fork, nodes, honest, follow, part, give };
  };
  type Attack = Awaited<ReturnType<typeof scene>>;

  const anyExcludes = ({ tree, nodes }: Attack): boolean =>
    nodes.some((one) => nodes.some((other) => excludes(tree, one, other)));

  /** The network is parted, each side sees a branch of its own, and the attacker signs both. */
  const bothBranches = async (
    s: Attack,
    left: readonly number[],
    right: readonly number[],
  ): Promise<void> => {
    const { trunk, fork, follow, part, give } = s;
    const deep = (branch: readonly Link[]): Link[] =>
      branch.filter(({ number }) => number > trunk[4]!.number && number <= trunk[29]!.number - DEPTH);
    part(left, right);
    follow(trunk[29]!, ...left);
    follow(fork.at(-1)!, ...right);
    for (let round = 0; round < 3; round++) {
      await turns(s.nodes, 1);
      for (const seat of left) await give(seat, deep(trunk));
      for (const seat of right) await give(seat, deep([...trunk.slice(0, 10), ...fork]));
    }
  };

  /** Somebody shows each side what the other has. */
  const compare = async ({ nodes }: Attack): Promise<void> => {
    const all = await Promise.all(nodes.map(async ({ url }) => await shown(url)));
    for (const { url } of nodes) for (const signed of all) await httpPeer(url).push(signed);
  };

  describe("F9: Byzantine fault tolerance", () => {
    it("two of seven that sign both branches make no two blocks final that exclude each other, however the rest is parted", async () => {
      for (const [left, right] of [
        [[0, 1, 2, 3], [4]],
        [
          [0, 1, 2],
          [3, 4],
        ],
      ] as const) {
        const s = await scene(FAULTS);
        await bothBranches(s, left, right);
        expect(anyExcludes(s)).to.equal(false);
        // The attacker gives everybody everything: still not, and the two are found out, and nobody else.
        s.part();
        for (const seat of s.honest)
          for (const branch of [s.trunk, s.fork]) await s.give(seat, branch.slice(0, 26));
        await turns(s.nodes, 3);
        expect(anyExcludes(s)).to.equal(false);
        const accused = new Set(allEvidence(s.nodes[0]!.store).map(({ seat }) => seat));
        expect(accused).to.deep.equal(new Set([5, 6]));
        await close?.();
        close = undefined;
      }
    });

    it("two of seven that are silent do not keep the others from it", async () => {
      const s = await scene(FAULTS);
      s.follow(s.trunk[29]!);
      await turns(s.nodes);
      expect(s.nodes.map((node) => node.final())).to.deep.equal(Array(5).fill(30 - DEPTH));
    });

    it("would not hold with a majority for a quorum: the same attack makes both branches final", async () => {
      // What each side of the second parting has signed comes to four of seven and five of seven: more than half, both.
      const s = await scene(FAULTS);
      await bothBranches(s, [0, 1, 2], [3, 4]);
      const signers = async (seat: number, { number, hash }: Link): Promise<number> =>
        (await shown(s.nodes[seat]!.url)).filter((one) => one.number === number && one.hash === hash).length;
      const both = [await signers(0, s.trunk[19]!), await signers(3, s.fork[9]!)];
      expect(both).to.deep.equal([5, 4]);
      expect(Math.min(...both)).to.be.at.least(Math.floor(SEATS / 2) + 1);
      expect(Math.min(...both)).to.be.lessThan(finalityQuorum(SEATS));
    });
  });

  describe("F10: 51% attack", () => {
    it("who seals most blocks and turns the chain to a longer branch undoes nothing that is final", async () => {
      const s = await scene(0);
      s.follow(s.trunk[19]!);
      await turns(s.nodes);
      const final = 20 - DEPTH;
      expect(s.nodes.map((node) => node.final())).to.deep.equal(Array(SEATS).fill(final));
      // A branch from before, twice as long: every client turns to it.
      const longer = s.tree.grow(s.trunk[9]!, 60, 7).at(-1)!;
      s.follow(longer);
      await turns(s.nodes, 3);
      // Who only counted confirmations would take the branch now: it has 50 on top of the block of that height.
      for (const { store, logged, view } of s.nodes) {
        expect(latestFinal(store)).to.include({ number: final, hash: s.trunk[final - 1]!.hash });
        expect((await view.block(final))!.hash).not.to.equal(s.trunk[final - 1]!.hash);
        expect(logged.join("")).to.include("lacks a block that was signed or is final");
        // Nobody is accused who only followed the chain.
        expect(allEvidence(store)).to.deep.equal([]);
      }
      // The chain that holds it goes on, and so do they.
      s.follow(s.trunk[29]!);
      await turns(s.nodes, 3);
      expect(s.nodes.map((node) => node.final())).to.deep.equal(Array(SEATS).fill(30 - DEPTH));
    });

    it("four of seven that sign both branches can, and each of them is convicted by what it signed, nobody else", async () => {
      const s = await scene(4);
      await bothBranches(s, [0], [1, 2]);
      // Beyond a third no protocol holds: five of seven are the attacker's four and one more.
      expect(anyExcludes(s)).to.equal(true);
      await compare(s);
      for (const { store } of s.nodes) {
        const accused = new Set(allEvidence(store).map(({ seat }) => seat));
        expect(accused).to.deep.equal(new Set([3, 4, 5, 6]));
      }
    });

    it("three of seven, more than a third and less than half, stop it at most or are convicted", async () => {
      const s = await scene(3);
      await bothBranches(s, [0, 1], [2, 3]);
      await compare(s);
      const accused = new Set(s.nodes.flatMap(({ store }) => allEvidence(store).map(({ seat }) => seat)));
      expect([...accused].every((seat) => seat >= 4)).to.equal(true);
      if (anyExcludes(s)) expect(accused.size).to.be.greaterThan(FAULTS);
    });
  });
});

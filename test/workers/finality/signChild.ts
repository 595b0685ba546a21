import { pino } from "pino";
import { FinalityNode } from "../../../workers/finality/finalityNode.js";
import type { Peer } from "../../../workers/finality/peer.js";
import { openStore } from "../../../workers/store/openStore.js";
import { BlockTree, TreeView } from "./blockTree.js";
import { keyOf, plainOverlay, signerOf } from "./nodes.js";

/*
 * A node of seat 0 in a process of its own: `signChild.ts DATABASE CHAIN_ID OVERLAY`. It follows a branch of ten blocks, then one of
 * twenty, and kills itself after the signatures of the second turn are in the journal, before any is sent.
 */
const [database, chainId, overlay] = process.argv.slice(2) as [string, string, string];
const tree = new BlockTree();
const trunk = tree.grow(tree.root, 20);
const view = new TreeView(tree, plainOverlay(4));
const peer: Peer = {
  name: "parent",
  fetch: () => Promise.resolve([]),
  push: (attestations) => {
    process.stdout.write(`sent ${attestations.map(({ number }) => number).join(" ")}\n`);
    return Promise.resolve();
  },
};
let armed = false;
const node = new FinalityNode({
  store: openStore(database),
  chain: view,
  domain: { chainId: BigInt(chainId), overlay },
  seat: () => Promise.resolve(0),
  key: keyOf(0),
  signer: signerOf(0),
  peers: [peer],
  logger: pino({ level: "silent" }),
  journaled: () => {
    if (armed) process.kill(process.pid, "SIGKILL");
  },
});
view.tip = trunk[9]!;
await node.turn();
view.tip = trunk[14]!;
await node.turn();
armed = true;
view.tip = trunk[19]!;
await node.turn();
process.stdout.write("still alive\n");

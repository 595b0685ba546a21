import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { pino } from "pino";
import { describe, it } from "mocha";
import { type SignedAttestation, signAttestation } from "../../../workers/finality/attestation.js";
import { FinalityNode } from "../../../workers/finality/finalityNode.js";
import { lastSigned } from "../../../workers/finality/journal.js";
import type { Link } from "../../../workers/finality/overlayChain.js";
import { openStore } from "../../../workers/store/openStore.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { BlockTree, TreeView } from "./blockTree.js";
import { keyOf, plainOverlay, signerOf } from "./nodes.js";

const domain = { chainId: 7n, overlay: `0x${"0f".repeat(20)}` };
const child = fileURLToPath(new URL("signChild.ts", import.meta.url));

describe("a worker that is killed between its journal and its peers", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const tree = new BlockTree();
  // The same blocks as the child's.
  const trunk = tree.grow(tree.root, 20);

  /** Has a child die, and starts a node on what it left. */
  const afterDeath = (name: string) => {
    const database = join(folder, name);
    const { stdout, signal } = spawnSync(
      process.execPath,
      ["--import", "tsx", child, database, "7", domain.overlay],
      {
        encoding: "utf8",
      },
    );
    expect(signal).to.equal("SIGKILL");
    // 11 and 12 came out; 13 to 17 were written down, and nobody saw them.
    expect(stdout).to.equal("sent 11 12\n");
    const store = openStore(database);
    const sent: SignedAttestation[] = [];
    const view = new TreeView(tree, plainOverlay(4));
    const peer = {
      name: "peer",
      fetch: () => Promise.resolve([]),
      push: (attestations: readonly SignedAttestation[]) => Promise.resolve(void sent.push(...attestations)),
    };
    const node = new FinalityNode({
      store,
      chain: view,
      domain,
      seat: () => Promise.resolve(0),
      key: keyOf(0),
      signer: signerOf(0),
      peers: [peer],
      logger: pino({ level: "silent" }),
    });
    return { store, sent, turn: async (tip: Link) => ((view.tip = tip), await node.turn()) };
  };

  it("sends what it had written, the same to the byte", async () => {
    const { store, sent, turn } = afterDeath("same.sqlite");
    await turn(trunk[19]!);
    expect(sent.map(({ number }) => number)).to.deep.equal([11, 12, 13, 14, 15, 16, 17]);
    for (const { number, hash, signature } of sent) {
      expect(hash).to.equal(trunk[number - 1]!.hash);
      expect(signature).to.equal(signAttestation(keyOf(0), domain, { epoch: 0, number, hash }));
    }
    store.close();
  });

  it("signs nothing else at those heights, nor above them on a branch without them", async () => {
    const { store, sent, turn } = afterDeath("other.sqlite");
    const branch = tree.grow(trunk[12]!, 60, 3);
    for (const tip of [branch[5]!, branch[20]!, branch.at(-1)!]) await turn(tip);
    expect(new Set(sent.map(({ hash }) => hash)).size).to.equal(7);
    expect(sent.every(({ number, hash }) => trunk[number - 1]!.hash === hash)).to.equal(true);
    expect(lastSigned(store)).to.deep.equal({ epoch: 0, number: 17, hash: trunk[16]!.hash });
    // Its own branch comes back, and it goes on from what it wrote.
    const longer = tree.grow(trunk[19]!, 80).at(-1)!;
    await turn(longer);
    expect(lastSigned(store)!.number).to.equal(97);
    store.close();
  });
});

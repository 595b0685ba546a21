import { join } from "node:path";
import { Wallet } from "ethers";
import { pino } from "pino";
import type { FinalityDomain, SignedAttestation } from "../../../workers/finality/attestation.js";
import { FinalityNode } from "../../../workers/finality/finalityNode.js";
import { latestFinal } from "../../../workers/finality/journal.js";
import type { OverlayStanding, SignerKey } from "../../../workers/finality/overlayChain.js";
import { httpPeer, type Peer } from "../../../workers/finality/peer.js";
import { type HttpServer, serveHttp } from "../../../workers/http/serveHttp.js";
import { openStore, type Store } from "../../../workers/store/openStore.js";
import { type BlockTree, TreeView } from "./blockTree.js";

/** A key of the test's own, by seat. */
export const keyOf = (seat: number): string => `0x${(seat + 1).toString(16).padStart(2, "0").repeat(32)}`;
export const signerOf = (seat: number): string => new Wallet(keyOf(seat)).address;

/** An overlay of `seats` seats whose contracts say nothing else. */
export function plainOverlay(seats: number, fromHeight = 0, overrides: Partial<OverlayStanding> = {}) {
  const all = Array.from({ length: seats }, (_, seat) => seat);
  const standing: OverlayStanding = {
    epoch: 0,
    base: undefined,
    recorded: undefined,
    seats: all,
    signerChanges: seats,
    confirmationDepth: 0,
    ...overrides,
  };
  const signers: SignerKey[] = all.map((seat) => ({ seat, fromHeight, signer: signerOf(seat) }));
  return { standing: () => standing, signers: () => signers };
}

/** A node in this process, with its store and its view of the chain. */
export interface TestNode {
  readonly seat: number;
  readonly view: TreeView;
  readonly store: Store;
  readonly node: FinalityNode;
  readonly url: string;
  /** Seats that it does not reach at present. */
  readonly cut: Set<number>;
  /** What it logged. */
  readonly logged: string[];
  final(): number;
}

/** Nodes that reach each other over HTTP, each with a database of its own. */
export async function testNodes(
  folder: string,
  tree: BlockTree,
  seats: readonly number[],
  overlay: ConstructorParameters<typeof TreeView>[1],
  domain: FinalityDomain,
): Promise<{ readonly nodes: TestNode[]; readonly close: () => Promise<void> }> {
  const servers: HttpServer[] = [];
  const peersOf = new Map<number, Peer[]>();
  const nodes: TestNode[] = [];
  for (const seat of seats) {
    const store = openStore(join(folder, `seat${seat}.sqlite`));
    const view = new TreeView(tree, overlay);
    const peers: Peer[] = [];
    const logged: string[] = [];
    const node = new FinalityNode({
      store,
      chain: view,
      domain,
      seat: () => Promise.resolve(seat),
      key: keyOf(seat),
      signer: signerOf(seat),
      peers,
      logger: pino({ base: null }, { write: (line: string) => void logged.push(line) }),
    });
    const server = await serveHttp(node.routes(), { host: "127.0.0.1", port: 0 });
    servers.push(server);
    peersOf.set(seat, peers);
    const cut = new Set<number>();
    nodes.push({
      seat,
      view,
      store,
      node,
      url: server.url,
      cut,
      logged,
      final: () => latestFinal(store)?.number ?? -1,
    });
  }
  for (const { seat, cut } of nodes) {
    for (const other of nodes) {
      if (other.seat !== seat)
        peersOf.get(seat)!.push(severable(httpPeer(other.url), () => cut.has(other.seat)));
    }
  }
  return {
    nodes,
    close: async () => {
      for (const server of servers) await server.close();
      for (const { store } of nodes) store.close();
    },
  };
}

function severable(peer: Peer, isCut: () => boolean): Peer {
  const check = (): void => {
    if (isCut()) throw new Error("cut");
  };
  return {
    name: peer.name,
    fetch: async (from) => (check(), await peer.fetch(from)),
    push: async (attestations) => (check(), await peer.push(attestations)),
  };
}

/** Turns of all nodes, so that what each signs reaches each. */
export async function turns(nodes: readonly TestNode[], rounds = 2): Promise<void> {
  for (let round = 0; round < rounds; round++) for (const { node } of nodes) await node.turn();
}

/** What a node shows of the attestations that it has. */
export async function shown(url: string): Promise<SignedAttestation[]> {
  return await httpPeer(url).fetch(0);
}

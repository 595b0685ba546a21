import { encodeRlp, keccak256, toBeArray, zeroPadValue } from "ethers";
import type {
  Link,
  OverlayChain,
  OverlayStanding,
  SignerKey,
} from "../../../workers/finality/overlayChain.js";

const ZERO = `0x${"00".repeat(32)}`;

/** Blocks with real headers, in any number of branches. */
export class BlockTree {
  readonly #blocks = new Map<string, Link & { readonly header: string }>();
  readonly root: Link;

  constructor(rootHeight = 0) {
    this.root = this.#make(rootHeight, ZERO, 0);
  }

  /** Appends `count` blocks to one; other branches have other salts. @returns them, the last one last. */
  grow(parent: Link, count: number, salt = 0): Link[] {
    const grown: Link[] = [];
    for (let i = 0, tip = parent; i < count; i++)
      grown.push((tip = this.#make(tip.number + 1, tip.hash, salt)));
    return grown;
  }

  get(hash: string): (Link & { readonly header: string }) | undefined {
    return this.#blocks.get(hash);
  }

  #make(number: number, parentHash: string, salt: number): Link {
    const bloom = `0x${"00".repeat(256)}`;
    const word = zeroPadValue(toBeArray(salt + 1), 32);
    const header = encodeRlp([parentHash, word, word, word, word, word, bloom, "0x02", toBeArray(number)]);
    const block = { number, hash: keccak256(header), parentHash, header };
    this.#blocks.set(block.hash, block);
    return block;
  }
}

/** The tree as one node sees it: `tip` may be moved to another branch. */
export class TreeView implements OverlayChain {
  tip: Link;

  constructor(
    readonly tree: BlockTree,
    readonly overlay: {
      standing(): OverlayStanding | Promise<OverlayStanding>;
      signers(): readonly SignerKey[] | Promise<readonly SignerKey[]>;
    },
  ) {
    this.tip = tree.root;
  }

  head = (): Promise<Link> => Promise.resolve(this.tip);

  block = (height: number): Promise<Link | undefined> => {
    let block: Link | undefined = this.tip;
    while (block !== undefined && block.number > height) block = this.tree.get(block.parentHash);
    return Promise.resolve(block?.number === height ? block : undefined);
  };

  blockOf = (hash: string): Promise<Link | undefined> => Promise.resolve(this.tree.get(hash));

  header = (hash: string): Promise<string | undefined> => Promise.resolve(this.tree.get(hash)?.header);

  standing = async (): Promise<OverlayStanding> => await this.overlay.standing();

  signers = async (): Promise<readonly SignerKey[]> => await this.overlay.signers();
}

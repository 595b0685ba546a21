import type { Hono } from "hono";
import type { Logger } from "pino";
import { messageOf } from "../errors/messageOf.js";
import type { Store } from "../store/openStore.js";
import {
  type Attestation,
  attestationSigner,
  type FinalityDomain,
  signAttestation,
  type SignedAttestation,
} from "./attestation.js";
import { AttestationPool } from "./attestationPool.js";
import { attestationRoutes } from "./attestationRoutes.js";
import { chooseBlocks } from "./chooseBlocks.js";
import { finalityQuorum, leastDepth } from "./finalityQuorum.js";
import { forkEvidence } from "./forkEvidence.js";
import {
  allEvidence,
  type Evidence,
  journalAttestations,
  keepEvidence,
  lastSigned,
  latestFinal,
  noteFinal,
  openFinalityJournal,
  signedSince,
} from "./journal.js";
import type { OverlayChain, OverlayStanding, SignerKey } from "./overlayChain.js";
import type { Peer } from "./peer.js";
import { signerAt } from "./signerAt.js";
import type { BlockId } from "../chain/blockId.js";
import { MOST_ATTESTATIONS } from "./wire.js";

/** What a node of the overlay is made of. */
export interface FinalityParts {
  readonly store: Store;
  readonly chain: OverlayChain;
  readonly domain: FinalityDomain;
  /** The seat whose worker this is; asked for once. */
  readonly seat: () => Promise<number>;
  /** The key that signs for the seat, 32 bytes hexadecimal. */
  readonly key: string;
  /** The address of that key. */
  readonly signer: string;
  readonly peers: readonly Peer[];
  readonly logger: Logger;
  /** Called when signatures are in the journal and nobody has seen them yet, and waited for. Production gives none. */
  readonly journaled?: (attestations: readonly Attestation[]) => void | Promise<void>;
}

/** Bad signatures of one message, after which the rest of it is not looked at. */
const MOST_BAD = 4;

/**
 * A seat's part in the overlay. One `turn` looks at the chain, signs what lies deep enough, exchanges signatures with the
 * other seats' workers, and notes what is final. All that it must not forget is in the store: it can die anywhere.
 */
export class FinalityNode {
  readonly #parts: FinalityParts;
  readonly #pool = new AttestationPool();
  readonly #said = new Map<string, string>();
  #seat = -1;
  #start: number | undefined;
  #standing: OverlayStanding | undefined;
  #keys: { readonly changes: number; readonly list: readonly SignerKey[] } = { changes: -1, list: [] };
  /** Signatures of this seat that a peer may not have. */
  #unsent: SignedAttestation[] = [];

  constructor(parts: FinalityParts) {
    this.#parts = parts;
  }

  /** One look at everything. Peers that do not answer keep nothing from being done. */
  async turn(): Promise<void> {
    const { chain } = this.#parts;
    const head = await chain.head();
    if (head === undefined) return;
    const standing = await this.#look(head.number);
    if (standing === undefined) return;
    await this.#sign(head.number - this.#depth(standing), standing);
    await this.#exchange();
    await this.#conclude(standing);
    await this.#watch();
  }

  /** For the worker's HTTP server. */
  routes(): Hono {
    const { store } = this.#parts;
    return attestationRoutes({
      since: (height) => this.#pool.since(height, MOST_ATTESTATIONS),
      take: (attestations) => this.#take(attestations),
      final: () => latestFinal(store),
      evidence: () => allEvidence(store),
    });
  }

  #depth({ seats, confirmationDepth }: OverlayStanding): number {
    return Math.max(leastDepth(seats.length), confirmationDepth);
  }

  /** What the contracts say, as deep as what is signed: a vote or a key that the chain may still take back does not count. */
  async #look(head: number): Promise<OverlayStanding | undefined> {
    const { chain, store, domain, logger } = this.#parts;
    const latest = this.#standing ?? (await chain.standing(head));
    if (latest === undefined) return undefined;
    const deep = head - this.#depth(latest);
    const standing = deep < 0 ? undefined : await chain.standing(deep);
    if (standing === undefined) return undefined;
    if (this.#start === undefined) {
      this.#seat = await this.#parts.seat();
      this.#start = openFinalityJournal(store, { overlay: domain.overlay, seat: this.#seat }, head);
    }
    if (this.#standing !== undefined && standing.epoch !== this.#standing.epoch) {
      logger.warn({ epoch: standing.epoch, base: standing.base }, "another epoch of signatures begins");
    }
    if (standing.signerChanges !== this.#keys.changes) {
      this.#keys = { changes: standing.signerChanges, list: await chain.signers(deep) };
    }
    const restarted = this.#standing === undefined;
    this.#standing = standing;
    this.#pool.move(standing.epoch, head);
    // What was in the journal when it died was perhaps never sent. The same block gets the same signature.
    if (restarted) this.#offer(signedSince(store, standing.epoch, head - MOST_ATTESTATIONS / 2));
    return standing;
  }

  async #sign(target: number, standing: OverlayStanding): Promise<void> {
    const { store, chain, signer } = this.#parts;
    const seat = this.#seat;
    if (!standing.seats.includes(seat)) return this.#say("sign", "this seat is not active: it signs nothing");
    const signed = lastSigned(store);
    const last = signed?.epoch === standing.epoch ? signed : undefined;
    const final = latestFinal(store);
    const anchors = [standing.base, standing.recorded, final].filter((one) => one !== undefined);
    const choice = await chooseBlocks(chain, { target, last, anchors, start: this.#start ?? target });
    if ("astrayFrom" in choice) {
      return this.#say(
        "sign",
        "this node's chain lacks a block that was signed or is final: nothing is signed on it",
        choice.astrayFrom,
      );
    }
    const mine = choice.blocks.filter(
      ({ number }) => signerAt(this.#keys.list, seat, number) === signer.toLowerCase(),
    );
    if (mine.length < choice.blocks.length)
      this.#say("sign", "the key of this worker is not registered for its seat");
    else this.#said.delete("sign");
    if (mine.length === 0) return;
    const journaled = journalAttestations(store, standing.epoch, mine, last);
    await this.#parts.journaled?.(journaled);
    this.#offer(journaled);
  }

  /** Signs what is in the journal, for others to have. */
  #offer(attestations: readonly Attestation[]): void {
    const { key, domain } = this.#parts;
    const seat = this.#seat;
    for (const attestation of attestations) {
      const signed = { ...attestation, seat, signature: signAttestation(key, domain, attestation) };
      this.#pool.add(signed);
      this.#unsent.push(signed);
    }
  }

  async #exchange(): Promise<void> {
    const { peers, store } = this.#parts;
    const unsent = this.#unsent.slice(-MOST_ATTESTATIONS);
    this.#unsent = [];
    const from = (latestFinal(store)?.number ?? -1) + 1;
    await Promise.all(
      peers.map(async (peer) => {
        try {
          // What this one does not get now, it asks for itself.
          if (unsent.length > 0) await peer.push(unsent);
          this.#take(await peer.fetch(from));
          this.#said.delete(peer.name);
        } catch (error) {
          this.#say(peer.name, "a peer of the finality overlay does not answer", {
            peer: peer.name,
            reason: messageOf(error),
          });
        }
      }),
    );
  }

  /** Takes attestations in, each only if its seat's key signed it. @returns how many were new. */
  #take(attestations: readonly SignedAttestation[]): number {
    const { domain } = this.#parts;
    const standing = this.#standing;
    if (standing === undefined) return 0;
    let taken = 0;
    let bad = 0;
    for (const attestation of attestations) {
      const { epoch, number, seat, signature } = attestation;
      if (epoch !== standing.epoch || !this.#pool.covers(number) || !standing.seats.includes(seat)) continue;
      if (this.#pool.has(attestation)) continue;
      const key = signerAt(this.#keys.list, seat, number);
      if (key === undefined || attestationSigner(domain, attestation, signature)?.toLowerCase() !== key) {
        if (++bad >= MOST_BAD) break;
        continue;
      }
      const admission = this.#pool.add(attestation);
      if (admission === "known") continue;
      taken++;
      if (admission !== "new") {
        this.#accuse({ seat, first: admission.conflictsWith, second: attestation, headers: [] });
      }
    }
    return taken;
  }

  /** Notes the highest block of this node's chain that a quorum signed. */
  async #conclude(standing: OverlayStanding): Promise<void> {
    const { chain, store, logger } = this.#parts;
    const known = latestFinal(store);
    const recorded = standing.recorded;
    if (recorded !== undefined && recorded.number > (known?.number ?? -1) && (await this.#isOwn(recorded))) {
      noteFinal(store, { epoch: standing.epoch, ...recorded, attestations: [] });
    }
    const quorum = finalityQuorum(standing.seats.length);
    for (const height of this.#pool.heights()) {
      if (height <= (latestFinal(store)?.number ?? -1)) return;
      for (const [hash, attestations] of this.#pool.blocksAt(height)) {
        const counted = attestations.filter(({ seat }) => standing.seats.includes(seat));
        if (counted.length < quorum) continue;
        const block = { number: height, hash };
        if (
          (await chain.block(height))?.hash !== hash ||
          (known !== undefined && !(await this.#isOwn(known)))
        ) {
          this.#say("final", "a final block is not on this node's chain", block);
          continue;
        }
        this.#said.delete("final");
        noteFinal(store, { epoch: standing.epoch, ...block, attestations: counted });
        logger.debug(
          { ...block, epoch: standing.epoch, seats: counted.map(({ seat }) => seat) },
          "block final",
        );
        return;
      }
    }
  }

  /** Looks for seats that signed a block, and later one of a branch without it. */
  async #watch(): Promise<void> {
    const { chain } = this.#parts;
    for (const seat of this.#standing?.seats ?? []) {
      if (seat === this.#seat) continue;
      const evidence = await forkEvidence(chain, this.#pool.ofSeat(seat));
      if (evidence !== undefined) this.#accuse(evidence);
    }
  }

  #accuse(evidence: Evidence): void {
    const { store, logger } = this.#parts;
    if (!keepEvidence(store, evidence)) return;
    const { seat, first, second } = evidence;
    logger.error(
      { seat, epoch: second.epoch, first: named(first), second: named(second) },
      "a seat signed against its own word",
    );
  }

  async #isOwn({ number, hash }: BlockId): Promise<boolean> {
    return (await this.#parts.chain.block(number))?.hash === hash;
  }

  /** Says something once, until it is otherwise. */
  #say(about: string, message: string, details: object = {}): void {
    const text = `${message} ${JSON.stringify(details)}`;
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    this.#parts.logger.warn(details, message);
  }
}

function named({ number, hash }: BlockId): BlockId {
  return { number, hash };
}

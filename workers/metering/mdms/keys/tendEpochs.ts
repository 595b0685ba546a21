import type { Signer } from "ethers";
import type { Metering } from "../../../../typechain-types/index.js";
import type { MeteringDomain } from "../../domain.js";
import { epochOpening, type SignedEpochKey } from "../../keys/epochOpening.js";
import { EPOCHS_IN_BYTE } from "../../report/layout.js";
import type { Database } from "../database/types.js";
import { countSealed, giveUpSealed } from "../store/reports.js";
import type { MdmsKeystore } from "./mdmsKeystore.js";

/** What it takes to tend epochs. */
export interface EpochParts {
  readonly metering: Metering;
  /** Of any account that may send a transaction. */
  readonly signer: Signer;
  readonly domain: MeteringDomain;
  readonly keystore: MdmsKeystore;
  readonly database: Database;
  /** The key in force as it was found last: looked for on the chain only when the epoch is another. */
  readonly known?: SignedEpochKey | undefined;
}

/** How an MDMS handles its epochs. Seconds. */
export interface EpochTerms {
  /** How long a key holds, and how long before its end the next is opened. */
  readonly epochSeconds: number;
  readonly overlapSeconds: number;
  /** How long after its end a key waits for reports that nothing is known about yet. */
  readonly patienceSeconds: number;
}

/** What was done. */
export interface Tended {
  /** The key to publish; undefined if none is in force. */
  readonly inForce: SignedEpochKey | undefined;
  /** An epoch whose opening was sent, and epochs whose keys were destroyed. */
  readonly opened: number | undefined;
  readonly destroyed: readonly number[];
}

/**
 * Opens the next epoch in time, and destroys the key of one that is over once all that was encrypted to it is released.
 * The key is in the keystore before it is on the chain; killed in between, the same key is opened. The block is not waited for:
 * a later call finds the epoch open, or sends again.
 *
 * @param now time of the latest final block, up to which reports are stored: unix seconds.
 */
export async function tendEpochs(
  { metering, signer, domain, keystore, database, known }: EpochParts,
  terms: EpochTerms,
  now: number,
): Promise<Tended> {
  const before = await metering.epochs();
  const current = Number(before.current);
  const ends = new Map([
    [current, Number(before.currentUntil)],
    [current - 1, Number(before.previousUntil)],
  ]);
  let opened: number | undefined;
  if (
    Number(before.currentUntil) <= now + terms.overlapSeconds &&
    !(await isUnderWay(signer)) &&
    // What was under way may have come into a block since the epochs were read.
    Number((await metering.epochs()).current) === current
  ) {
    opened = current + 1;
    const validUntil = now + terms.epochSeconds;
    const opening = epochOpening(domain, opened, validUntil, keystore.identity, keystore.drawEpoch(opened));
    await metering
      .connect(signer)
      .openEpoch(
        opening.epoch,
        opening.publicKey,
        opening.validUntil,
        opening.r,
        opening.vs,
        opening.keyR,
        opening.keyVs,
      );
  }
  const destroyed: number[] = [];
  for (const epoch of keystore.epochs()) {
    if (epoch > current) continue;
    const end = ends.get(epoch) ?? Number((await metering.epochKey(epoch)).until);
    if (end >= now) continue;
    const byte = epoch % EPOCHS_IN_BYTE;
    if ((await countSealed(database, byte)) > 0) {
      if (now < end + terms.patienceSeconds) continue;
      await giveUpSealed(database, byte, "the key of its epoch is destroyed");
    }
    keystore.destroyEpoch(epoch);
    destroyed.push(epoch);
  }
  const same = opened === undefined && known?.epoch === current && known.validUntil === ends.get(current);
  return { inForce: same ? known : await inForce(metering, opened ?? current), opened, destroyed };
}

/** Whether a transaction of an account waits for a block. One that the node has lost does not. */
async function isUnderWay(signer: Signer): Promise<boolean> {
  return (await signer.getNonce("pending")) > (await signer.getNonce("latest"));
}

/** The epoch key as the contract's event has it, with the identity key's signature. */
async function inForce(metering: Metering, epoch: number): Promise<SignedEpochKey | undefined> {
  if (epoch === 0) return undefined;
  const [event] = await metering.queryFilter(metering.filters.EpochOpened(epoch));
  if (event === undefined) return undefined;
  const { publicKey, validUntil, r, vs } = event.args;
  return { epoch, publicKey, validUntil: Number(validUntil), r, vs };
}

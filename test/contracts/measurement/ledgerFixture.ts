import { expect } from "chai";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { revertReason, type RevertReason } from "../../../workers/chain/revertReason.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { angleUnits, rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { deploySharing, testClock } from "../../support/sharedGrid.js";

export type Sharing = Awaited<ReturnType<typeof deploySharing>>;

/** Proposes, uploads, proves, approves (as `approvers`) and activates a version. */
export async function bringIntoForce(
  sharing: Sharing,
  records: VersionRecords,
  approvers: readonly number[],
): Promise<bigint> {
  const version = await proveOnly(sharing, records);
  const { registry } = sharing.as(0);
  const { contentHash } = await registry.summary(version);
  for (const seat of approvers) await sharing.as(seat).registry.approve(version, contentHash);
  await sharing.time.increase(61);
  await registry.activate(version);
  return version;
}

/** Proposes (as seat 0), uploads and proves a version. */
export async function proveOnly(sharing: Sharing, records: VersionRecords): Promise<bigint> {
  const { registry } = sharing.as(0);
  const { version } = await proposeVersion(registry, records, new Uint8Array());
  await uploadVersion(registry, version, records, new Uint8Array());
  await proveVersion(registry, version);
  return version;
}

/** Why a call is refused; fails if it is not. */
export async function refusal(call: Promise<unknown>): Promise<RevertReason> {
  try {
    await call;
  } catch (error) {
    const reason = revertReason(error);
    if (reason === undefined) throw error;
    return reason;
  }
  throw new Error("the call was not refused");
}

/** A ledger on which a version is in force. */
export async function ledgerFixture(records: VersionRecords, founders = 4) {
  const sharing = await deploySharing(founders);
  const owners = [...records.metersBySeat.keys()].filter((seat) => records.metersBySeat[seat] !== 0);
  await bringIntoForce(sharing, records, owners);
  return { ...sharing, records, ...onLedger(sharing, records) };
}

/** What tests do on a ledger, for the version in force. */
export function onLedger(sharing: Sharing, records: VersionRecords) {
  const { time, genesis, contracts, as } = sharing;
  const estimator = versionEstimator(records);
  const { slotSeconds, cutOffSlots, expirySlots } = testClock;
  const startOf = (slot: number): number => genesis + slot * slotSeconds;
  const cutOffOf = (slot: number): number => startOf(slot + 1 + cutOffSlots);
  /** The next block is mined at `timestamp`. */
  const at = async (timestamp: number): Promise<void> => await time.setNextBlockTimestamp(timestamp);
  const batchOf = (values: readonly number[], seat: number): Uint8Array => {
    const first = records.metersBySeat.slice(0, seat).reduce((sum, count) => sum + count, 0);
    return packBatch(values.slice(first, first + (records.metersBySeat[seat] ?? 0)));
  };
  const estimate = (values: readonly number[]): Float64Array =>
    angleUnits(records, estimator.estimate(rowValues(records, values)).theta);
  return {
    startOf,
    cutOffOf,
    expiryOf: (slot: number): number => cutOffOf(slot) + expirySlots * slotSeconds,
    at,
    batchOf,
    estimate,
    nextSlot: async (): Promise<number> => Number(await contracts.ledger.nextSlot()),
    /** Uploads the batches of some seats for a slot, as soon as it is open. */
    uploadAll: async (
      slot: number,
      values: readonly number[],
      seats: Iterable<number> = records.metersBySeat.keys(),
    ): Promise<void> => {
      if ((await time.latest()) < startOf(slot)) await time.increaseTo(startOf(slot));
      for (const seat of seats) {
        if ((records.metersBySeat[seat] ?? 0) > 0) await as(seat).ledger.upload(slot, batchOf(values, seat));
      }
    },
    /** Goes on to the cut-off of a slot, unless it is over. */
    passCutOff: async (slot: number): Promise<void> => {
      if ((await time.latest()) < cutOffOf(slot)) await time.increaseTo(cutOffOf(slot));
    },
    /** Settles a slot with honest angles, or with others. */
    settle: async (slot: number, values: readonly number[], angles: ArrayLike<number> = estimate(values)) =>
      await contracts.ledger.settle(slot, packBatch(values), "0x", packAngles(angles)),
    credits: async (): Promise<bigint[]> =>
      (await contracts.consortium.members()).map((member) => member.credits),
  };
}

/** Asserts that a call is refused by an error, with these arguments, and that the ledger is as it was before. */
export async function expectRefused(
  { contracts, members }: Sharing,
  call: () => Promise<unknown>,
  name: string,
  args: Readonly<Record<string, number | bigint | string>> = {},
): Promise<void> {
  const { ledger, consortium } = contracts;
  const state = async () => {
    const next = await ledger.nextSlot();
    const slots = Array.from({ length: 6 }, (_, i) => next + BigInt(i));
    return {
      next,
      credits: (await consortium.members()).map(({ credits, active }) => [credits, active]),
      uploads: await Promise.all(
        slots.flatMap((slot) => members.map(async (_, seat) => [...(await ledger.uploadsOf(slot, seat))])),
      ),
    };
  };
  const before = await state();
  const reason = await refusal(call());
  expect(reason.name, reason.message).to.equal(name);
  const wanted = Object.entries(args).map(([key, value]) => [key, String(value)]);
  expect(reason.arguments).to.include(Object.fromEntries(wanted));
  expect(await state()).to.deep.equal(before);
}

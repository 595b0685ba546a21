import { ConsortiumSuccessor__factory, GridRegistrySuccessor__factory } from "../../typechain-types/index.js";
import type { Contracts } from "./connectContracts.js";
import { rolesOf } from "./rolesOf.js";

/** One thing that must be the same on both sides, or as it should be. */
export interface MigrationCheck {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly holds: boolean;
}

/** The version that a retired ledger gives for slots that it does not take. */
const RETIRED = 2n ** 24n - 1n;

/**
 * Holds old contracts against those that take over: members, seats, credits and their sum, the grid version with its
 * records, and that nothing moves on the old side any more. With the same consortium on both sides only the ledger was
 * replaced.
 *
 * @param deployer Who deployed what takes over, if known: it must have no power left.
 */
export async function verifyMigration(
  old: Contracts,
  next: Contracts,
  deployer?: string,
): Promise<MigrationCheck[]> {
  const checks: MigrationCheck[] = [];
  const same = (what: string, before: unknown, after: unknown): void => {
    const [a, b] = [text(before), text(after)];
    checks.push({ what, before: a, after: b, holds: a === b });
  };
  const [oldAddress, nextAddress] = [await old.consortium.getAddress(), await next.consortium.getAddress()];
  const nextLedger = await next.ledger.getAddress();
  const whole = oldAddress !== nextAddress;
  const [oldRegistry, nextRegistry] = [await old.registry.getAddress(), await next.registry.getAddress()];

  same("the new ledger is the consortium's", nextLedger, await next.consortium.ledger());
  same("the new ledger's consortium", nextAddress, await next.ledger.consortium());
  same("the new ledger's registry", nextRegistry, await next.ledger.registry());
  if (whole) {
    const successor = ConsortiumSuccessor__factory.connect(nextAddress, next.consortium.runner);
    const heir = GridRegistrySuccessor__factory.connect(nextRegistry, next.consortium.runner);
    same(
      "the old consortium was retired in favour of the new",
      nextAddress,
      await old.consortium.successor(),
    );
    same("the new consortium takes over from the old", oldAddress, await successor.predecessor());
    same("the new registry takes over from the old", oldRegistry, await heir.predecessor());
    same("members, seats and credits", await old.consortium.members(), await next.consortium.members());
    same("sum of credits", await old.consortium.totalCredits(), await next.consortium.totalCredits());
    same("sum of credits, added up", await old.consortium.totalCredits(), await sum(next));
    const version = await old.registry.activeVersion();
    same("grid version", version, await next.registry.activeVersion());
    if (version !== 0n && (await next.registry.versionCount()) >= version) {
      const [a, b] = [await old.registry.summary(version), await next.registry.summary(version)];
      same("content of the version", a.contentHash, b.contentHash);
      same("labels of the version", a.labelsHash, b.labelsHash);
      same("sizes of the version", a.geometry, b.geometry);
      same("meters of each seat", a.meters, b.meters);
      const [before, after] = [await old.registry.records(version), await next.registry.records(version)];
      same("accounts that hold the records", before.chunks, after.chunks);
      const digests = async ({ registry }: Contracts): Promise<string[]> =>
        await Promise.all(a.meters.map(async (_, seat) => await registry.metersDigest(version, seat)));
      same("digests of the meters", await digests(old), await digests(next));
    }
  } else {
    same("the registry stays", oldRegistry, nextRegistry);
    same("sum of credits, added up", await next.consortium.totalCredits(), await sum(next));
  }
  const slot = await old.ledger.nextSlot();
  const last = await old.ledger.versionOf(slot);
  same(
    "slots that the old ledger has left",
    "none",
    last === RETIRED || last === 0n ? "none" : `from ${slot} on`,
  );
  const role = await old.consortium.LEDGER_ROLE();
  const may = await old.consortium.hasRole(role, await old.ledger.getAddress());
  same("the old ledger may move credits", false, may);
  if (deployer !== undefined) {
    const held = (await rolesOf(next.consortium, deployer)).filter((name) => name !== "OPERATOR_ROLE");
    same("roles of the deployer", "none", held.join(", ") || "none");
  }
  return checks;
}

async function sum({ consortium }: Contracts): Promise<bigint> {
  return (await consortium.members()).reduce((total, { credits }) => total + credits, 0n);
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  return String(value);
}

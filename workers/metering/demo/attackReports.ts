import { hexlify } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { drawKeyPair } from "../../crypto/keyPair.js";
import { parseReports } from "../chain/reportEvents.js";
import type { MeteringDomain } from "../domain.js";
import { createReport } from "../report/createReport.js";
import { LAYOUT } from "../report/layout.js";
import { packReports } from "../report/packReports.js";
import type { Refused } from "./types.js";

/** Intervals after which a report is too old for the contract's window of 32. */
const TOO_OLD = 40;

/** What a dishonest concentrator has. */
export interface AttackParts {
  readonly metering: Metering;
  readonly domain: MeteringDomain;
  /** Each home's name and the number of its meter. */
  readonly homes: readonly { readonly name: string; readonly meter: number }[];
  /** The reports of each meter that came over the wire, oldest first. */
  readonly caught: ReadonlyMap<number, readonly Uint8Array[]>;
  /** The epoch in force. */
  readonly epoch: number;
  /** The end of an interval of which nothing is on the chain yet, unix seconds. */
  readonly time: number;
}

/**
 * What a dishonest concentrator could bring to the chain, in one transaction: a report that is there already, one that it made up,
 * one that is too old, one that it altered.
 *
 * @param metering connected to an account that the utility has appointed.
 * @returns what the contract refused, and why.
 */
export async function attackReports(parts: AttackParts): Promise<Refused[]> {
  const { metering, domain, homes, caught, epoch, time } = parts;
  const attacks = [
    { attack: "replayed", at: 0, bytes: (own: readonly Uint8Array[]) => own.at(-1)! },
    { attack: "forged", at: 1, bytes: () => forged(domain, meterAt(1), epoch, time) },
    { attack: "too old", at: 2, bytes: (own: readonly Uint8Array[]) => own.at(-TOO_OLD) ?? own[0]! },
    { attack: "tampered", at: 3, bytes: (own: readonly Uint8Array[]) => tampered(own.at(-1)!) },
  ] as const;
  function meterAt(at: number): number {
    return homes[at % homes.length]!.meter;
  }
  const batch = attacks.map(({ at, bytes }) => bytes(caught.get(meterAt(at)) ?? []));
  const sent = await metering.submit(hexlify(packReports(batch)));
  const receipt = await sent.wait();
  const { skipped } = parseReports(receipt!.logs);
  return skipped.map(({ index, reason }) => ({
    meter: homes[attacks[index]!.at % homes.length]!.name,
    attack: attacks[index]!.attack,
    reason,
  }));
}

/** A report of a meter that somebody made who has no key of it. */
function forged(domain: MeteringDomain, meter: number, epoch: number, time: number): Uint8Array {
  const keys = drawKeyPair();
  return packReports([
    createReport(
      domain,
      { meter, hid: `0x${"00".repeat(32)}`, sessionKey: keys.privateKey },
      { epoch, publicKey: keys.publicKey },
      time,
      { usageWh: 0, registerWh: 0 },
    ),
  ]);
}

/** A report with a bit of its usage turned. */
function tampered(bytes: Uint8Array): Uint8Array {
  const altered = Uint8Array.from(bytes);
  altered[LAYOUT.sealedUsage.at]! ^= 1;
  return altered;
}

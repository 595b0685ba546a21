import type { Signer } from "ethers";
import type { RpcProvider } from "../../chain/sending/providerAccess.js";
import type { Metering } from "../../../typechain-types/index.js";

/** The chain that a demo plays on: embedded, with metering deployed. */
export interface MeteringChain {
  readonly provider: RpcProvider;
  readonly chainId: bigint;
  /** Connected to the utility's account. */
  readonly metering: Metering;
  /** An account with gas. */
  readonly funder: Signer;
  /** Unix seconds. */
  readonly now: () => Promise<number>;
  readonly advanceTo: (seconds: number) => Promise<void>;
}

/** What is played. */
export interface MeteringPlay {
  /** Each home's name and file; without a file its use is drawn. */
  readonly homes: readonly { readonly name: string; readonly file: string | undefined }[];
  readonly intervals: number;
  /** Where the MDMS's database and all else is left. */
  readonly folder: string;
}

/** A report that the contract refused. */
export interface Refused {
  /** The home's name. */
  readonly meter: string;
  /** What was done to it. */
  readonly attack: string;
  /** Why it was refused, as the contract names it. */
  readonly reason: string;
}

/** What came of it. */
export interface MeteringResult {
  readonly meters: number;
  /** Readings of which a report came over the wire, and those that the MDMS holds decrypted. */
  readonly reportsSent: number;
  readonly reportsStored: number;
  readonly refused: readonly Refused[];
  readonly energyWhSent: number;
  readonly energyWhStored: number;
  /** Homes of which the MDMS holds in some interval another energy than the meter measured, or none, or one that was not sent. */
  readonly homesThatDiffer: readonly string[];
  readonly transactions: number;
  readonly gasPerReport: number;
  readonly sessions: number;
  readonly epochs: number;
  readonly messages: number;
  readonly seconds: number;
}

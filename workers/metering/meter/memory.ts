import type { EpochPublicKey } from "../report/types.js";

/** A session key of a meter, and how far its opening is. */
export interface MeterSession {
  readonly sequence: number;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** The last second at which it holds. */
  readonly validUntil: number;
  /** Whether the contract took it. */
  readonly open: boolean;
}

/** What a meter keeps beside its readings. */
export interface MeterMemory {
  /** Its number on the chain. */
  readonly meter: number;
  /** keccak256(ID ‖ salt), hexadecimal. */
  readonly saltedId: string;
  /** Private identity key, 32 bytes. */
  readonly identityKey: Uint8Array;
  /** Address of the MDMS's identity key, known since provisioning. */
  readonly mdms: string;
  /** Whether the contract has it registered, and from when its intervals count, unix seconds. */
  readonly registered: boolean;
  readonly since: number;
  /** The cumulative register, Wh. */
  readonly registerWh: number;
  /** End of the last interval that was measured, unix seconds; 0 before the first. */
  readonly lastTime: number;
  /** The session that it signs with, and the one that it is opening. */
  readonly session: MeterSession | undefined;
  readonly nextSession: MeterSession | undefined;
  /** The MDMS's key in force, as last heard, and until when, unix seconds. */
  readonly epoch: (EpochPublicKey & { readonly validUntil: number }) | undefined;
}

/**
 * Where a reading stands: not on the chain as far as the meter knows, in a block, final, or refused. All but the first is the
 * concentrator's word: the reading is kept until the MDMS says by its own signature that it has it.
 */
export type ReadingState = "waiting" | "included" | "final" | "refused";

/** A reading that the meter keeps until the MDMS has it. */
export interface BufferedReading {
  /** End of its interval, unix seconds. */
  readonly time: number;
  readonly usageWh: number;
  /** The register at its end, Wh. */
  readonly registerWh: number;
  readonly state: ReadingState;
  /** When it was last sent or heard of, unix seconds; 0 never. */
  readonly at: number;
  /** Why it was refused last. */
  readonly reason: string | undefined;
}

/** Where a meter keeps what it must not lose. Each call is on disk when it returns, or together with those of its turn. */
export interface MeterStore {
  saveMemory(memory: MeterMemory): void;
  saveReading(meter: number, reading: BufferedReading): void;
  /** A reading that the MDMS has, or that there is no more room for. */
  dropReading(meter: number, time: number): void;
}

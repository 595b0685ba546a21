/** A usage report { E(UD), H(E(UD)), HID, Sig, τ } (paper 002, Table 2), field by field; `layout.ts` says what each is. */
export interface UsageReport extends SealedUsage {
  readonly meter: number;
  /** s since 1970. */
  readonly time: number;
  /** Number of the MDMS's key modulo 256. */
  readonly epoch: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** The ciphertext of a report, E(UD). */
export interface SealedUsage {
  /** 33 bytes. */
  readonly ephemeralKey: Uint8Array;
  /** 4 bytes. */
  readonly sealedUsage: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** What a meter reads at the end of an interval. */
export interface Reading {
  /** Energy of the interval, Wh: 0 to 65,535. */
  readonly usageWh: number;
  /** The cumulative register at its end, Wh; only its rest modulo 65,536 is sent. */
  readonly registerWh: number;
}

/** What the MDMS learns from a report. */
export interface OpenedUsage {
  /** Energy of the interval, Wh. */
  readonly usageWh: number;
  /** The register at its end modulo 65,536, Wh: `continueRegister` finds the register itself. */
  readonly registerRestWh: number;
}

/** An MDMS key as a meter needs it to encrypt. */
export interface EpochPublicKey {
  /** Counts from 1; reports carry it modulo 256. */
  readonly epoch: number;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a ciphertext is bound to. */
export interface SealingContext {
  /** The meter's hashed identity, hexadecimal. */
  readonly hid: string;
  /** s since 1970. */
  readonly time: number;
}

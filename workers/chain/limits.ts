/** Most gas of one transaction: a little below the 16,777,216 (EIP-7825) that newer chains enforce. */
export const MAX_TRANSACTION_GAS = 16_700_000n;

/** Most bytes of one transaction that a node takes into its pool: 128 KiB, less room for its envelope. */
export const MAX_CALLDATA_BYTES = 128 * 1024 - 1024;

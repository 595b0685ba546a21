/** Facts of the curve secp256k1 that checks need. */

/** The order n of the group. */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** The larger s of a signature in its one accepted form: half the order. */
export const MOST_S = ORDER / 2n;
/** A compressed point: 2 or 3 for the parity of y, and x. */
export const POINT_BYTES = 33;
/** A private key, x of a point, a part of a signature, a hash. */
export const WORD_BYTES = 32;
/** A compact signature (EIP-2098): r, then s with the parity of R's y in its first bit. */
export const SIGNATURE_BYTES = 64;

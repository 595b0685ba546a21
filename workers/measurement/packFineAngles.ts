const FINE_ANGLE_BYTES = 8;

/**
 * Angles of 64 bits, with 24 binary digits more than those of `packAngles`, as the general certificate takes them.
 * @throws RangeError naming the state whose angle does not fit.
 */
export function packFineAngles(angles: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(angles.length * FINE_ANGLE_BYTES);
  const view = new DataView(bytes.buffer);
  angles.forEach((angle, i) => {
    if (BigInt.asIntN(64, angle) !== angle)
      throw new RangeError(`angle ${i}: ${angle} does not fit in 64 bits`);
    view.setBigInt64(i * FINE_ANGLE_BYTES, angle);
  });
  return bytes;
}

import { Transform } from "node:stream";

/** A packet larger than is taken. */
export class OversizePacketError extends Error {
  override readonly name = "OversizePacketError";
  constructor(
    readonly bytes: number,
    readonly most: number,
  ) {
    super(`a packet of ${bytes} bytes; ${most} are taken`);
  }
}

/**
 * Passes MQTT packets on and ends with an error at the first that says it is longer than `most` bytes, before more than
 * its header is read: a parser would collect it all.
 */
export function frameLimit(most: number): Transform {
  /** Bytes of the packet under way that are still to come. */
  let left = 0;
  /** The remaining length so far, its weight, and whether the header is being read. */
  let length = 0;
  let weight = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      let at = 0;
      while (at < chunk.length) {
        if (left > 0) {
          const step = Math.min(left, chunk.length - at);
          left -= step;
          at += step;
        } else if (weight === 0) {
          // The first byte: kind and flags.
          weight = 1;
          length = 0;
          at++;
        } else {
          const byte = chunk[at++]!;
          length += (byte & 0x7f) * weight;
          weight *= 0x80;
          if (length > most || weight > 0x80 ** 4) {
            done(new OversizePacketError(length, most));
            return;
          }
          if (byte < 0x80) {
            left = length;
            weight = 0;
          }
        }
      }
      done(null, chunk);
    },
  });
}

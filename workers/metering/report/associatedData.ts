import { getBytes } from "ethers";
import type { SealingContext } from "./types.js";

const HID_BYTES = 32;

/** What AES-GCM authenticates beside the usage: HID, τ and the whole number of the epoch, 40 bytes. */
export function associatedData({ hid, time }: SealingContext, epoch: number): Uint8Array {
  const bytes = new Uint8Array(HID_BYTES + 8);
  bytes.set(getBytes(hid));
  const view = new DataView(bytes.buffer);
  view.setUint32(HID_BYTES, time);
  view.setUint32(HID_BYTES + 4, epoch);
  return bytes;
}

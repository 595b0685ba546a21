import type { SignedAttestation } from "./attestation.js";
import type { Evidence } from "./journal.js";
import type { OverlayChain } from "./overlayChain.js";

/** Most headers of one proof: they go on the chain. */
const MOST_HEADERS = 64;

/**
 * Whether a seat signed two blocks of one epoch, the later no descendant of the lower, as far as this node knows both
 * branches; with the headers that prove it.
 *
 * One that keeps to a chain signs blocks that this node's chain holds, or that it does not hold yet. So only a lower block and the next
 * that was signed, of which one is on this node's chain and the other is not, are followed by their headers.
 *
 * @param signed of one seat and epoch, by height.
 */
export async function forkEvidence(
  chain: OverlayChain,
  signed: readonly SignedAttestation[],
): Promise<Evidence | undefined> {
  const own = await Promise.all(
    signed.map(async ({ number, hash }) => (await chain.block(number))?.hash === hash),
  );
  for (const [i, second] of signed.entries()) {
    const first = signed[i - 1];
    if (first === undefined || own[i] === own[i - 1] || second.number === first.number) continue;
    const generations = second.number - first.number;
    if (generations > MOST_HEADERS) continue;
    const headers: string[] = [];
    let { hash } = second;
    while (headers.length < generations) {
      const [block, header] = [await chain.blockOf(hash), await chain.header(hash)];
      if (block === undefined || header === undefined) break;
      headers.push(header);
      hash = block.parentHash;
    }
    if (headers.length < generations || hash === first.hash) continue;
    return { seat: first.seat, first, second, headers };
  }
  return undefined;
}

import { MISSING_VALUE } from "../grid/version/constants.js";
import { type MeteredEdge, spanningTree } from "../grid/version/spanningTree.js";
import type { RowSlot, VersionRecords } from "../grid/version/types.js";

const ENTRY_BYTES = 3;
const SECOND_END = 2 ** 23;

/**
 * The spanning forest of largest w b² over the edges that a meter with a value sees alone, as the ledger takes it with a
 * slot in which values are missing (`GeneralCertificate.sol`): for each bus but the references, from the leaves, the number
 * of the record of the edge above it, and which end of the edge it is.
 *
 * @param counts By meter, `MISSING_VALUE` where missing.
 * @returns undefined if such edges do not span the grid: then there is no certificate.
 */
export function reportedTree(records: VersionRecords, counts: ArrayLike<number>): Uint8Array | undefined {
  const { tree, chords, probes, geometry } = records;
  const edges: MeteredEdge[] = [];
  const recordOf: number[] = [];
  const offer = (
    row: RowSlot | undefined,
    record: number,
    a: number,
    b: number,
    susceptance: number,
  ): void => {
    if (row === undefined || counts[row.meter] === MISSING_VALUE) return;
    edges.push({ a, b, strength: row.weight * susceptance ** 2 });
    recordOf.push(record);
  };
  tree.forEach(({ main, parent, susceptance }, i) => offer(main, i, i, parent, susceptance));
  [...chords, ...probes].forEach(({ row, from, to, susceptance }, i) =>
    offer(row, tree.length + i, from, to, susceptance),
  );

  const roots = Array.from({ length: geometry.roots }, (_, i) => i);
  const { order, links } = spanningTree(tree.length, roots, edges);
  if (order.length < tree.length) return undefined;
  const bytes = new Uint8Array((tree.length - geometry.roots) * ENTRY_BYTES);
  order
    .slice(geometry.roots)
    .reverse()
    .forEach((bus, i) => {
      const { edge } = links[bus]!;
      const entry = recordOf[edge]! + (edges[edge]!.a === bus ? 0 : SECOND_END);
      bytes.set([entry >> 16, (entry >> 8) & 0xff, entry & 0xff], i * ENTRY_BYTES);
    });
  return bytes;
}

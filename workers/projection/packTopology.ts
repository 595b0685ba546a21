import type { IProjectionModel } from "../../typechain-types/projection/ProjectionModel.js";
import type { ProjectionMatrices, ProjectionTopology } from "./types.js";

const LINE_BYTES = 9;
const ROW_BYTES = 8;

/** A proposal's topology as `ProjectionModel.propose` takes it; the layout is that of `TopologyMatrix`. */
export function packTopology(
  topology: ProjectionTopology,
  { inverseDigits, projectionDigits }: Pick<ProjectionMatrices, "inverseDigits" | "projectionDigits">,
): IProjectionModel.TopologyStruct {
  const lines = new DataView(new ArrayBuffer(LINE_BYTES * topology.lines.length));
  for (const [index, { from, to, susceptance }] of topology.lines.entries()) {
    const at = LINE_BYTES * index;
    lines.setUint16(at, from);
    lines.setUint16(at + 2, to);
    lines.setInt8(at + 4, Math.floor(susceptance / 2 ** 32));
    lines.setUint32(at + 5, susceptance >>> 0);
  }
  const rows = new DataView(new ArrayBuffer(ROW_BYTES * topology.rows.length));
  for (const [index, { kind, seat, place, weight }] of topology.rows.entries()) {
    const at = ROW_BYTES * index;
    rows.setUint8(at, kind);
    rows.setUint8(at + 1, seat);
    rows.setUint16(at + 2, place);
    rows.setUint32(at + 4, weight);
  }
  return {
    buses: topology.buses,
    states: topology.states,
    meters: topology.meters,
    weightDigits: topology.weightDigits,
    inverseDigits,
    projectionDigits,
    lines: new Uint8Array(lines.buffer),
    rows: new Uint8Array(rows.buffer),
  };
}

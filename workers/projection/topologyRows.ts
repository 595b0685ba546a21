import { FLOW_DIGITS, ANGLE_DIGITS, METER_KINDS, PMU_DIGITS } from "../grid/version/constants.js";
import { ProjectionError } from "./errors.js";
import type { ProjectionRows, ProjectionTopology } from "./types.js";

/** Counts per angle unit of a PMU, whose values are microradians and whose angle unit is that of the susceptances. */
export const PMU_COEFFICIENT = 2 ** (PMU_DIGITS + FLOW_DIGITS - ANGLE_DIGITS);

/**
 * H and W from the topology (paper 003, Appendix A): the plain reference of `TopologyMatrix.build`.
 *
 * @throws ProjectionError when a PMU sits at a reference bus, or a row has no column.
 */
export function topologyRows(topology: ProjectionTopology): ProjectionRows {
  const { lines, states } = topology;
  const terms = topology.rows.map(({ kind, place }, row) => {
    const sum = new Map<number, number>();
    const add = (column: number, value: number): void => {
      if (column < states) sum.set(column, (sum.get(column) ?? 0) + value);
    };
    const name = METER_KINDS[kind];
    if (name === "pmu") add(place, PMU_COEFFICIENT);
    for (const [index, { from, to, susceptance }] of lines.entries()) {
      if (name === "flowFrom" && index === place) {
        add(from, susceptance);
        add(to, -susceptance);
      } else if (name === "flowTo" && index === place) {
        add(from, -susceptance);
        add(to, susceptance);
      } else if (name === "injection" && (from === place || to === place)) {
        add(place, susceptance);
        add(from === place ? to : from, -susceptance);
      }
    }
    if (sum.size === 0) throw new ProjectionError(`row ${row} measures no angle`);
    return [...sum].map(([column, coefficient]) => ({ column, coefficient }));
  });
  return { states, terms, weight: topology.rows.map(({ weight }) => weight) };
}

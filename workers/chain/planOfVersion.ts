import { defaultSigmas } from "../grid/defaultSigmas.js";
import type { MeteringPlan } from "../grid/types.js";
import type { ChainVersion } from "./readVersion.js";

/**
 * The metering plan that a version was made from: meters as its labels name them, zero injections as its records hold
 * them. Several sigmas of zero injections, which no plan has, become the smallest.
 */
export function planOfVersion({ records, labels }: ChainVersion): MeteringPlan {
  const { meters: count, weightDigits, powerUnitKw } = records.geometry;
  const zeros = records.tree.filter(({ injection }) => injection?.meter === count);
  const weight = Math.max(...zeros.map(({ injection }) => injection!.weight / 2 ** weightDigits));
  return {
    meters: labels.meters,
    zeroInjections: zeros.map(({ bus }) => bus),
    zeroInjectionSigma: zeros.length === 0 ? defaultSigmas.zeroInjectionKw : powerUnitKw / Math.sqrt(weight),
  };
}

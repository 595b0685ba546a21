import type { JsonRpcProvider } from "ethers";
import type { Logger } from "pino";
import { GridRegistry__factory } from "../../typechain-types/factories/grid/GridRegistry__factory.js";
import { readVersionRecords } from "../chain/gridVersions.js";
import { readVersionLabels, type VersionLabels } from "../chain/versionLabels.js";
import { gaugeRad } from "../grid/version/buildVersion.js";
import { METER_KINDS } from "../grid/version/constants.js";
import type { VersionRecords } from "../grid/version/types.js";
import { packSlotAngles, slotAngles } from "../measurement/slotAngles.js";
import { versionEstimator } from "../measurement/versionEstimator.js";
import { isNodeDown } from "../chain/isNodeDown.js";
import type { ReadVersion } from "./operatorContext.js";
import type { VersionMeter, VersionModel } from "./versionModel.js";

/** Names of meters of which the version publishes none, as the default metering plan gives them. */
const PREFIX = { injection: "I", flowFrom: "F", flowTo: "T", pmu: "P" } as const;

/**
 * Reads versions of a registry: the records from the chain's code, the names of the meters from the labels.
 *
 * The records alone are proved. Labels that are absent, or that do not speak of the same meters, are left aside with
 * an error in the log: the worker can still estimate and settle, with meters named by kind and place (`F7`, `I118`)
 * and without the phase shifts in the angles that it keeps.
 */
export function versionReader(
  registryAddress: string,
  provider: JsonRpcProvider,
  logger: Logger,
): ReadVersion {
  const registry = GridRegistry__factory.connect(registryAddress, provider);
  return async (version) => {
    const records = await readVersionRecords(registry, provider, BigInt(version));
    let labels: VersionLabels | undefined;
    try {
      labels = await readVersionLabels(registry, provider, BigInt(version));
      checkLabels(labels, records);
    } catch (error) {
      if (isNodeDown(error)) throw error;
      labels = undefined;
      logger.error(
        { version, reason: String(error) },
        "labels left aside; meters are named by kind and place",
      );
    }
    return toModel(version, records, labels);
  };
}

/** A version whose labels and records disagree is not the one that its owners think they approved. */
function checkLabels(labels: VersionLabels, records: VersionRecords): void {
  const { directory } = records;
  if (labels.meters.length !== directory.length) {
    throw new Error(`labels of ${labels.meters.length} meters for ${directory.length}`);
  }
  for (const [i, { id, kind, place }] of labels.meters.entries()) {
    const entry = directory[i]!;
    const proved = METER_KINDS[entry.kind]!;
    if (kind !== proved || place !== entry.place) {
      throw new Error(`label ${id} says ${kind} at ${place}, the version ${proved} at ${entry.place}`);
    }
  }
  if (new Set(labels.meters.map(({ id }) => id)).size < labels.meters.length) {
    throw new Error("two meters have the same label");
  }
}

function toModel(version: number, records: VersionRecords, labels: VersionLabels | undefined): VersionModel {
  const { powerUnitKw, roots, buses } = records.geometry;
  const seats = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  const meters = records.directory.map((entry, i): VersionMeter => {
    const kind = METER_KINDS[entry.kind]!;
    return {
      id: labels?.meters[i]?.id ?? `${PREFIX[kind]}${entry.place}`,
      kind,
      seat: seats[i]!,
      rangeCounts: 2 ** entry.rangeBits,
    };
  });
  const shifts = new Map(
    labels?.case.lines.map((line) => [line.number, (line.shiftDegrees * Math.PI) / 180]),
  );
  const gauge = gaugeRad(records, (line) => shifts.get(line) ?? 0);
  const estimator = versionEstimator(records);
  return {
    version,
    records,
    powerUnitKw,
    meters,
    estimator,
    packAngles: (counts, theta) => packSlotAngles(slotAngles(records, estimator, counts, theta)),
    busAngles: (theta) =>
      Float64Array.from({ length: buses }, (_, i) => (i < roots ? 0 : theta[i - roots]!) + gauge[i]!),
  };
}

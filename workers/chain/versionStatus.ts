/** `IGridRegistry.Status`, by number. */
export const VERSION_STATUS = ["none", "proposed", "proved", "active", "replaced", "vetoed"] as const;

/** Where a version stands. */
export type VersionStatus = (typeof VERSION_STATUS)[number];

/** The name of a status. */
export function versionStatus(status: bigint): VersionStatus {
  return VERSION_STATUS[Number(status)] ?? "none";
}

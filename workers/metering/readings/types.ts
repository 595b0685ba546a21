/** What a household used in one interval. */
export interface IntervalReading {
  /** Its end, unix seconds. */
  readonly time: number;
  /** Whole Wh. */
  readonly usageWh: number;
}

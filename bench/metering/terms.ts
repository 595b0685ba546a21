/** What `bench metering` measures. */
export interface MeteringTerms {
  readonly meters: number;
  /** Reports a second of all meters together, and for how many seconds. */
  readonly rate: number;
  readonly seconds: number;
  readonly validators: number;
  readonly gasLimit: number;
  /** Reports in a transaction. */
  readonly batchReports: number;
  /** With it, programs and a validator are killed under way, by a schedule that it draws. */
  readonly killSeed?: number | undefined;
}

/** Length of an interval of the meters that are measured, s: their reports are of intervals long past, one after the other. */
export const INTERVAL_SECONDS = 1_800;

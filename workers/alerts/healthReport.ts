import type { Alert } from "./types.js";

/** What `/health` answers: well if nothing stands. */
export interface HealthReport {
  readonly ok: boolean;
  /** `name`, `since` (Unix seconds), `message`, `subject` if any, and the alert's values beside them. */
  readonly alerts: readonly Readonly<Record<string, number | string>>[];
}

export function healthReport(alerts: readonly Alert[]): HealthReport {
  return {
    ok: alerts.length === 0,
    alerts: alerts.map(({ name, subject, since, message, values }) => ({
      ...values,
      name,
      ...(subject === undefined ? {} : { subject }),
      since,
      message,
    })),
  };
}

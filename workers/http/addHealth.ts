import type { Hono } from "hono";
import { healthReport } from "../alerts/healthReport.js";
import type { Alert } from "../alerts/types.js";

/** Serves `/health`: 200 if nothing is wrong, else 503, with the alerts that stand either way. */
export function addHealth(app: Hono, standing: () => readonly Alert[]): void {
  app.get("/health", (context) => {
    const report = healthReport(standing());
    return context.json(report, report.ok ? 200 : 503);
  });
}

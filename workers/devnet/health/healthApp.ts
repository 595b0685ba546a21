import { Hono } from "hono";
import { healthReport } from "../../alerts/healthReport.js";
import { addMetrics } from "../../http/addMetrics.js";
import type { NetworkMetrics } from "./metrics.js";
import type { NetworkHealth } from "./types.js";

/** Seconds without a look at the network after which what is known of it counts for nothing. */
const STALE_SECONDS = 30;

/**
 * `GET /health`: how the network stands, as JSON; 200 if no alert stands, else 503. `GET /metrics`: for Prometheus.
 *
 * @param latest Undefined before the first look.
 */
export function healthApp(
  latest: () => NetworkHealth | undefined,
  metrics: NetworkMetrics,
  nowSeconds: () => number = () => Date.now() / 1000,
): Hono {
  const app = new Hono();
  app.get("/health", (context) => {
    const health = latest();
    if (health === undefined || nowSeconds() - health.observedAt > STALE_SECONDS)
      return context.json({ ok: false, alerts: [] }, 503);
    const report = healthReport(health.alerts);
    return context.json({ ...health, ...report }, report.ok ? 200 : 503);
  });
  addMetrics(app, metrics.registry);
  return app;
}

import { Hono } from "hono";
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
      return context.json({ status: "unknown" }, 503);
    const well = health.alerts.length === 0;
    return context.json({ status: well ? "ok" : "alert", ...health }, well ? 200 : 503);
  });
  app.get("/metrics", async (context) =>
    context.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType }),
  );
  return app;
}

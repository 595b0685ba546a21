import type { Hono } from "hono";
import type { Registry } from "prom-client";

/** Serves `/metrics`, in Prometheus' text format. */
export function addMetrics(app: Hono, registry: Registry): void {
  app.get("/metrics", async (context) => {
    context.header("content-type", registry.contentType);
    return context.body(await registry.metrics());
  });
}

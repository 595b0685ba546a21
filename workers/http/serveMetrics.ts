import { Hono } from "hono";
import type { Registry } from "prom-client";
import { addMetrics } from "./addMetrics.js";
import { type HttpAddress, type HttpServer, serveHttp } from "./serveHttp.js";

/** Serves `/metrics` and nothing else. @param at where; undefined: nowhere. */
export async function serveMetrics(
  registry: Registry,
  at: HttpAddress | undefined,
): Promise<HttpServer | undefined> {
  if (at === undefined) return undefined;
  const app = new Hono();
  addMetrics(app, registry);
  return await serveHttp(app, at);
}

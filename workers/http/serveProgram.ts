import { Hono } from "hono";
import type { Registry } from "prom-client";
import type { AlertBook } from "../alerts/alertBook.js";
import { addHealth } from "./addHealth.js";
import { addMetrics } from "./addMetrics.js";
import { type HttpAddress, type HttpServer, serveHttp } from "./serveHttp.js";

/**
 * Serves what a program says of itself: `/metrics` and, of a program that raises alerts, `/health`.
 *
 * @param at where; undefined: nowhere.
 * @param alerts of such a program: where they stand.
 */
export async function serveProgram(
  registry: Registry,
  at: HttpAddress | undefined,
  alerts?: AlertBook,
): Promise<HttpServer | undefined> {
  if (at === undefined) return undefined;
  const app = new Hono();
  addMetrics(app, registry);
  if (alerts !== undefined) addHealth(app, () => alerts.standing);
  return await serveHttp(app, at);
}

import type { Hono } from "hono";
import { addHealth } from "../http/addHealth.js";
import { addMetrics } from "../http/addMetrics.js";
import type { WorkerMonitor } from "./monitor/workerMonitor.js";

/** What a worker's routes answer from. */
export interface RouteParts {
  readonly monitor: WorkerMonitor;
}

/** Everything that a worker serves over HTTP. */
export function addWorkerRoutes(app: Hono, { monitor }: RouteParts): void {
  addHealth(app, () => monitor.alerts);
  addMetrics(app, monitor.metrics);
}

import { expect } from "chai";
import { Hono } from "hono";
import { Gauge, Registry } from "prom-client";
import type { Alert } from "../../../workers/alerts/types.js";
import { addHealth } from "../../../workers/http/addHealth.js";
import { addMetrics } from "../../../workers/http/addMetrics.js";

describe("addHealth", () => {
  it("answers 200 while nothing is wrong and 503 with the alerts that stand", async () => {
    let standing: readonly Alert[] = [];
    const app = new Hono();
    addHealth(app, () => standing);
    const well = await app.request("/health");
    expect(well.status).to.equal(200);
    expect(await well.json()).to.deep.equal({ ok: true, alerts: [] });
    standing = [{ name: "clockOff", subject: "north", message: "5 s off", since: 9, values: { seconds: 5 } }];
    const ill = await app.request("/health");
    expect(ill.status).to.equal(503);
    expect(await ill.json()).to.deep.equal({
      ok: false,
      alerts: [{ name: "clockOff", subject: "north", message: "5 s off", since: 9, seconds: 5 }],
    });
  });
});

describe("addMetrics", () => {
  it("serves a registry in Prometheus' text format", async () => {
    const registry = new Registry();
    new Gauge({ name: "height_blocks", help: "Blocks.", registers: [registry] }).set(7);
    const app = new Hono();
    addMetrics(app, registry);
    const answer = await app.request("/metrics");
    expect(answer.headers.get("content-type")).to.match(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).to.contain(
      "# HELP height_blocks Blocks.\n# TYPE height_blocks gauge\nheight_blocks 7\n",
    );
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { BrokerMetrics } from "../../../../workers/bus/broker/brokerMetrics.js";
import { displayRoutes } from "../../../../workers/metering/meter/displayRoutes.js";
import type { MeterDisplay } from "../../../../workers/metering/meter/meterDevice.js";

const display: MeterDisplay = {
  meter: 7,
  registerWh: 1_234,
  lastUsageWh: 5,
  registered: true,
  session: 1,
  epoch: 2,
  waiting: 0,
  included: 1,
  final: 2,
  refused: 0,
};

describe("meters' displays over HTTP", () => {
  const app = displayRoutes({ display: () => [display] });

  it("shows all, one, and none that is not there", async () => {
    expect(await (await app.request("/display")).json()).to.deep.equal([display]);
    expect(await (await app.request("/display/7")).json()).to.deep.equal(display);
    expect((await app.request("/display/8")).status).to.equal(404);
    expect((await app.request("/display/seven")).status).to.equal(404);
  });
});

describe("the metrics of a broker", () => {
  it("count clients and refusals", async () => {
    const metrics = new BrokerMetrics();
    metrics.refused({ username: "7", reason: "publish", detail: "ack/7" });
    metrics.refused({ username: "8", reason: "publish", detail: "ack/8" });
    const text = await metrics.registry(() => 3).metrics();
    expect(text).to.contain('gridproof_broker_refused_total{reason="publish"} 2');
    expect(text).to.contain("gridproof_broker_clients 3");
  });
});

import { expect } from "chai";
import { AlertBook } from "../../../workers/alerts/alertBook.js";
import type { Finding } from "../../../workers/alerts/types.js";
import { healthReport } from "../../../workers/alerts/healthReport.js";

function book(): { alerts: AlertBook; lines: string[] } {
  const lines: string[] = [];
  const take = (values: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(values)}`);
  };
  return { alerts: new AlertBook({ warn: take, info: take }), lines };
}

function down(subject: string): Finding {
  return { name: "validatorDown", subject, message: `${subject} is down` };
}

describe("AlertBook", () => {
  it("tells an alert once when it is raised and once when it is cleared", () => {
    const { alerts, lines } = book();
    alerts.update([{ name: "nodeDown", message: "no answer for 5 s", values: { seconds: 5 } }], 100);
    alerts.update([{ name: "nodeDown", message: "no answer for 9 s", values: { seconds: 9 } }], 104);
    expect(alerts.standing).to.deep.equal([
      { name: "nodeDown", message: "no answer for 9 s", values: { seconds: 9 }, since: 100 },
    ]);
    alerts.update([], 110);
    alerts.update([], 111);
    expect(alerts.standing).to.deep.equal([]);
    expect(lines).to.deep.equal([
      'alert raised {"seconds":5,"alert":"nodeDown","reason":"no answer for 5 s"}',
      'alert cleared {"alert":"nodeDown","seconds":10}',
    ]);
    alerts.update([{ name: "nodeDown", message: "again" }], 120);
    expect(alerts.raised.get("nodeDown")).to.equal(2);
  });

  it("keeps alerts of one name about several things apart", () => {
    const { alerts, lines } = book();
    alerts.update([down("north"), down("south")], 1);
    alerts.update([down("south")], 2);
    expect(alerts.standing.map(({ subject }) => subject)).to.deep.equal(["south"]);
    expect(lines).to.have.length(3);
    expect(lines[2]).to.equal('alert cleared {"alert":"validatorDown","subject":"north","seconds":1}');
  });
});

describe("healthReport", () => {
  it("is well without alerts", () => {
    expect(healthReport([])).to.deep.equal({ ok: true, alerts: [] });
  });

  it("shows values beside the alert, and never in place of its name", () => {
    const values = { name: "fake", balanceWei: "7" };
    const report = healthReport([{ name: "lowBalance", message: "7 wei", since: 3, values }]);
    expect(report).to.deep.equal({
      ok: false,
      alerts: [{ name: "lowBalance", message: "7 wei", since: 3, balanceWei: "7" }],
    });
  });
});

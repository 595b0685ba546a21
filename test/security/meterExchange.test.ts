import { expect } from "chai";
import { describe, it } from "mocha";
import { registrationRequest } from "../../workers/metering/keys/registrationRequest.js";
import { installMeter } from "../../workers/metering/mdms/store/installations.js";
import { openSessions, outcome, testMeter } from "../contracts/metering/meteringFixture.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { HALF_HOUR, meteringScene } from "./meteringScene.js";

describe("a meter that was taken down", () => {
  const folder = temporaryFolder();

  it("says nothing of times after its exchange, whoever has its keys, and nothing at all once it is revoked", async () => {
    const s = await meteringScene(folder, "exchange", 1);
    const { f, since, report } = s;
    const [gone, next] = [s.meters[0]!, testMeter(2)];
    await f.utility.storeIdentities([next.hid]);
    await f.metering.registerMeters([
      registrationRequest(f.domain, next.saltedId, next.identityKey, since + 20 * HALF_HOUR),
    ]);
    await openSessions(f, [next], 1);
    await outcome(f, [report(gone, 18), report(gone, 19)]);
    await s.mdms.turn();
    await installMeter(s.database, next.meter, "P1", since + 20 * HALF_HOUR);

    // Its finder is first, with readings of its own; the last interval before the exchange is still the old meter's to say.
    const { reasons } = await outcome(f, [
      report(gone, 21, 1),
      report(gone, 22, 1),
      report(gone, 20),
      report(next, 21),
    ]);
    expect(reasons).to.deep.equal(["None", "None", "None", "None"]);
    const { opened, unreadable } = await s.mdms.turn();
    expect([opened, unreadable]).to.deep.equal([2, 2]);
    expect(await s.stored("P1")).to.deep.equal({ 18: 118, 19: 119, 20: 120, 21: 121 });

    await f.utility.revokeMeter(gone.meter);
    const after = await outcome(f, [report(gone, 17), report(next, 22)]);
    expect(after.reasons).to.deep.equal(["Revoked", "None"]);
    await s.mdms.turn();
    expect(await s.stored("P1")).to.deep.equal({ 18: 118, 19: 119, 20: 120, 21: 121, 22: 122 });
    await s.database.close();
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { scheduleEvents } from "../../../workers/demo/scheduleEvents.js";

describe("scheduleEvents", () => {
  it("gives each event a slot of its own, in the order of the story, from three slots on", () => {
    for (let slots = 3; slots < 40; slots++) {
      const { bySlot, leftOut } = scheduleEvents(slots);
      expect(bySlot).to.have.length(slots);
      expect(bySlot.filter((event) => event !== undefined)).to.deep.equal([
        "silent",
        "falsified",
        "wrongEstimate",
      ]);
      expect(leftOut).to.be.empty;
    }
  });

  it("leaves out what there is no slot for, and says so", () => {
    expect(scheduleEvents(1)).to.deep.equal({
      bySlot: ["falsified"],
      leftOut: ["silent", "wrongEstimate"],
    });
    expect(scheduleEvents(2)).to.deep.equal({ bySlot: ["falsified", "wrongEstimate"], leftOut: ["silent"] });
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { runSteps } from "../../../workers/demo/runSteps.js";

describe("runSteps", () => {
  it("writes plain lines where there is no terminal, in the order of what is done", async () => {
    const lines: string[] = [];
    const steps = ["one", "two"].map((title) => ({
      title,
      run: async (note: (text: string) => void) => {
        note(`noted ${title}`);
        return `result ${title}`;
      },
    }));
    await runSteps(steps, { isTTY: false, line: (text) => lines.push(text) });
    expect(lines).to.deep.equal([
      "one …",
      "  noted one",
      "  result one",
      "two …",
      "  noted two",
      "  result two",
    ]);
  });

  it("stops at the step that fails", async () => {
    const lines: string[] = [];
    const steps = [
      { title: "one", run: async () => Promise.reject(new Error("broken")) },
      { title: "two", run: async () => "done" },
    ];
    let thrown: unknown;
    await runSteps(steps, { isTTY: false, line: (text) => lines.push(text) }).catch((error: unknown) => {
      thrown = error;
    });
    expect(thrown).to.be.an("error").with.property("message", "broken");
    expect(lines).to.deep.equal(["one …"]);
  });
});

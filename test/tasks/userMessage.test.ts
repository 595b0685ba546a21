import { expect } from "chai";
import { describe, it } from "mocha";
import { userMessage } from "../../tasks/support/userMessage.js";
import { DevnetError } from "../../workers/devnet/errors.js";
import { FactorError } from "../../workers/factor/errors.js";
import { UnobservableError } from "../../workers/grid/version/errors.js";
import { PlacementError } from "../../workers/placement/errors.js";

describe("userMessage", () => {
  it("has one line for what a user can mend", () => {
    for (const error of [FactorError, PlacementError, DevnetError]) {
      expect(userMessage(new error("what is wrong\n  and where"))).to.equal("what is wrong and where");
    }
    expect(userMessage(new UnobservableError([4, 7])))
      .to.include("4, 7")
      .and.not.include("\n");
  });

  it("says of a file what is wrong with it, and names it once", () => {
    const missing = Object.assign(new Error("ENOENT: no such file or directory, open '/a.csv'"), {
      code: "ENOENT",
      path: "/a.csv",
    });
    expect(userMessage(missing)).to.equal("/a.csv: there is no such file or folder");
  });

  it("leaves bugs to whoever shows stacks", () => {
    expect(userMessage(new TypeError("x is undefined"))).to.equal(undefined);
    expect(userMessage("text")).to.equal(undefined);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { checkPortRange } from "../../tasks/devnet/checkPortRange.js";
import { networkSchema } from "../../workers/devnet/types.js";

/** What is said of a choice; nothing if it is good. */
function said(port: number, validators: number): string | undefined {
  try {
    checkPortRange(port, validators);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("what a new network is given", () => {
  it("has a first port that is one, and room for three ports a validator", () => {
    expect(said(8_600, 32)).to.equal(undefined);
    expect(said(65_532, 1)).to.equal(undefined);
    for (const port of [-1, 65_533, 70_000])
      expect(said(port, 4)).to.equal(
        `--port ${port}: expected 1 to 65532, the first of 3 for each validator`,
      );
    expect(said(65_529, 3)).to.equal("--validators 3: expected 1 to 2");
    expect(said(8_600, 33)).to.equal("--validators 33: expected 1 to 32");
    expect(said(8_600, 0)).to.equal("--validators 0: expected 1 to 32");
  });

  it("has blocks that hold the deployment of a contract", () => {
    const { gasLimit } = networkSchema.shape;
    expect(gasLimit.safeParse(10_000_000).success).to.equal(true);
    for (const gas of [1, 5_000, 9_999_999]) {
      const { error } = gasLimit.safeParse(gas);
      expect(error?.issues.map(({ message }) => message)).to.deep.equal([
        "expected at least 10000000: with less, contracts could not be deployed",
      ]);
    }
  });
});

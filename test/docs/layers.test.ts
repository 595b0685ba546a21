import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { readDoc, ROOT } from "./readDoc.js";

describe("layers", () => {
  it("the store knows nothing of what signs blocks", () => {
    const upward = readdirSync(join(ROOT, "workers/store"))
      .filter((file) => file.endsWith(".ts"))
      .filter((file) => /from "\.\.\/(?:finality|operator)\//u.test(readDoc(`workers/store/${file}`)));
    expect(upward).to.deep.equal([]);
  });

  it("what is measured knows nothing of the worker that uploads it", () => {
    const upward = readdirSync(join(ROOT, "workers/measurement"))
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /from "\.\.\/(?:operator|metering|devnet|demo)\//u.test(readDoc(`workers/measurement/${file}`)),
      );
    expect(upward).to.deep.equal([]);
  });
});

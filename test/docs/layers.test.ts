import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { readDoc, ROOT } from "./readDoc.js";

describe("layers", () => {
  it("what is measured knows nothing of the worker that uploads it", () => {
    const upward = readdirSync(join(ROOT, "workers/measurement"))
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /from "\.\.\/(?:operator|metering|devnet|demo)\//u.test(readDoc(`workers/measurement/${file}`)),
      );
    expect(upward).to.deep.equal([]);
  });
});

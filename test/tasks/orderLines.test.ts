import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { orderLines } from "../../tasks/plugins/orderLines.js";

const TYPES = new URL("../../typechain-types/", import.meta.url);

describe("orderLines", () => {
  it("gives one text for every order in which contracts were compiled, and changes nothing else", () => {
    for (const file of ["index.ts", "hardhat.d.ts"]) {
      const text = readFileSync(new URL(file, TYPES), "utf8");
      const lines = text.split("\n");
      const first = lines.findIndex((line) => line.includes("Consortium'") || line.includes("Consortium }"));
      const turned = [...lines];
      [turned[first], turned[first + 1]] = [lines[first + 1]!, lines[first]!];
      expect(turned).to.not.deep.equal(lines);
      expect(orderLines(turned.join("\n"))).to.equal(text);
      expect(orderLines(text)).to.equal(text);
    }
  });
});

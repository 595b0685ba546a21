import { expect } from "chai";
import { describe, it } from "mocha";
import { firstCells, readDoc, section } from "./readDoc.js";

describe("docs/dependencies.md", () => {
  const text = readDoc("docs/dependencies.md");
  const { dependencies, devDependencies } = JSON.parse(readDoc("package.json")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
  };

  it("gives a reason for every dependency, and for nothing else", () => {
    expect(firstCells(section(text, "What runs")).sort()).to.deep.equal(Object.keys(dependencies).sort());
    const tools = firstCells(section(text, "What builds and checks"));
    expect(tools.sort()).to.deep.equal(Object.keys(devDependencies).sort());
  });

  it("names the release of OpenZeppelin that is pinned", () => {
    expect(text).to.include(`pinned to ${dependencies["@openzeppelin/contracts"]},`);
  });
});

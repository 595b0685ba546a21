import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { report } from "../../../../tasks/support/report.js";
import { writeForOwner } from "../../../../workers/metering/provision/secretFiles.js";
import { makeFolder } from "../../../../workers/store/makeFolder.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const codeOf = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe("files and folders of households' data", () => {
  it("are for their owner, also where a file stood that all could read", () => {
    const folder = temporaryFolder();
    const file = join(folder, "usage.csv");
    writeFileSync(file, "old", { mode: 0o644 });
    writeFileSync(`${file}.next`, "older", { mode: 0o644 });
    symlinkSync(file, join(folder, "link"));
    for (const path of [file, join(folder, "link"), join(folder, "new")]) {
      writeForOwner(path, "use");
      expect(readFileSync(path, "utf8")).to.equal("use");
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    }
    writeForOwner("/dev/null", "use");
    expect(statSync("/dev/null").isCharacterDevice()).to.equal(true);
    const json = join(folder, "day.json");
    report(json, { use: 1 }, "shown", writeForOwner);
    expect(statSync(json).mode & 0o777).to.equal(0o600);
    expect(JSON.parse(readFileSync(json, "utf8"))).to.deep.equal({ use: 1 });
  });

  it("are made where they can be, and nowhere else is tried for ever", () => {
    const folder = temporaryFolder();
    const deep = join(folder, "a", "b");
    makeFolder(deep);
    makeFolder(deep);
    expect(statSync(deep).mode & 0o777).to.equal(0o700);
    writeFileSync(join(deep, "file"), "");
    expect(codeOf(() => makeFolder(join(deep, "file")))).to.equal("ENOTDIR");
    expect(codeOf(() => makeFolder(join(deep, "file", "x")))).to.equal("ENOTDIR");
    if (existsSync("/proc/self")) expect(codeOf(() => makeFolder("/proc/foo"))).to.equal("ENOENT");
  });
});

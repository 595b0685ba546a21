import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { makeSocketFolder } from "../../../workers/devnet/socketFolder.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

describe("the folder of a network's sockets", () => {
  const root = temporaryFolder();

  it("is made for its owner alone, and taken again", () => {
    const path = join(root, "own");
    makeSocketFolder(path);
    makeSocketFolder(path);
    expect(statSync(path).mode & 0o777).to.equal(0o700);
  });

  it("is refused by name where others may use it", () => {
    for (const mode of [0o777, 0o750, 0o701]) {
      const path = join(root, mode.toString(8));
      mkdirSync(path);
      chmodSync(path, mode);
      expect(() => makeSocketFolder(path)).to.throw(
        DevnetError,
        `${path}: others may use it (mode ${mode.toString(8)})`,
      );
    }
  });

  it("is refused where it is a link", () => {
    const path = join(root, "link");
    mkdirSync(join(root, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(root, "elsewhere"), path);
    expect(() => makeSocketFolder(path)).to.throw(DevnetError, `${path}: is no folder`);
  });

  it("is refused where it is another user's", function other() {
    // Only root can give a folder away.
    if (process.getuid?.() !== 0) this.skip();
    const path = join(root, "theirs");
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 12_345, 12_345);
    expect(() => makeSocketFolder(path)).to.throw(DevnetError, `${path}: belongs to another user`);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { GridFileError } from "../../../workers/grid/errors.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";

describe("readGridFile", () => {
  it("says that a file is missing", () => {
    expect(() => readGridFile("nowhere/x.m")).to.throw(
      GridFileError,
      "nowhere/x.m: expected a readable file, found ENOENT",
    );
  });

  it("refuses other extensions", () => {
    expect(() => readGridFile("x.raw")).to.throw(
      GridFileError,
      "x.raw: expected a .m or .json file, found .raw",
    );
    expect(() => readGridFile("case")).to.throw(GridFileError, "found no extension");
  });
});

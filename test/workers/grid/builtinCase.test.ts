import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase, builtinCases } from "../../../workers/grid/builtinCase.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import { sharedPath } from "../../support/shared.js";

describe("builtinCase", () => {
  for (const name of builtinCases) {
    const file = sharedPath(`cases/pglib_opf_case${name.slice("ieee".length)}_ieee.m`);
    const title = `${name} is the library's case, with source and licence`;
    if (file === undefined) it.skip(`${title} (../shared/cases is absent)`);
    else {
      it(title, () => {
        expect(builtinCase(name)).to.deep.equal({ ...readGridFile(file), name });
        expect(builtinCase(name).source).to.match(/Power Grid Library v23\.07.*Christie/);
      });
    }

    it(`${name} names its source and licence`, () => {
      expect(builtinCase(name)).to.include({ name, licence: "CC BY 4.0" });
      expect(builtinCase(name).source).to.contain("Richard D. Christie");
    });
  }
});

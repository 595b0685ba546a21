import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { JsonSyntaxError, scanJson } from "../../../workers/grid/scanJson.js";

describe("scanJson", () => {
  it("accepts what JSON.parse accepts, whatever the layout", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t", "\n"), (value, indent) => {
        expect(scanJson(JSON.stringify(value, undefined, indent), [])).to.equal(0);
      }),
    );
  });

  it("refuses what JSON.parse refuses, when one character is changed, lost or added", () => {
    const change = fc.record({
      at: fc.nat(),
      put: fc.constantFrom("", "}", "]", ",", ":", '"', "0", "-", ".", "e", "\\", "t", " ", "\n", "\u0001"),
      lose: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.jsonValue(), change, (value, { at, put, lose }) => {
        const text = JSON.stringify(value, undefined, 1);
        const start = at % (text.length + 1);
        const changed = text.slice(0, start) + put + text.slice(start + (lose ? 1 : 0));
        let valid = true;
        try {
          JSON.parse(changed);
        } catch {
          valid = false;
        }
        if (valid) expect(scanJson(changed, [])).to.be.at.least(0);
        else expect(() => scanJson(changed, [])).to.throw(JsonSyntaxError);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds every member and element", () => {
    const text = ' {"a": [1, {"b": null}], "c\\"d" :\n[ ] }';
    const at = (...path: (string | number)[]): string => text.slice(scanJson(text, path));
    expect(at()).to.match(/^\{"a"/);
    expect(at("a")).to.match(/^\[1,/);
    expect(at("a", 1)).to.match(/^\{"b"/);
    expect(at("a", 1, "b")).to.match(/^null/);
    expect(at('c"d')).to.match(/^\[ \]/);
  });

  it("gives the innermost value around a path that does not exist", () => {
    const text = '{"a": [{"b": 1}]}';
    expect(text.slice(scanJson(text, ["a", 0, "missing"]))).to.equal('{"b": 1}]}');
    expect(text.slice(scanJson(text, ["a", 7, "b"]))).to.equal('[{"b": 1}]}');
  });
});

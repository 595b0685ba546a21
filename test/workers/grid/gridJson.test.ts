import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { GridFileError } from "../../../workers/grid/errors.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import { readGridJson } from "../../../workers/grid/readGridJson.js";
import { writeGridJson } from "../../../workers/grid/writeGridJson.js";
import { arbitraryCase } from "./arbitraryCase.js";
import { itForEachCase } from "./realCases.js";

const small = `{
  "format": "gridproof-grid/1",
  "name": "small",
  "baseMva": 100,
  "buses": [
    {"number": 10, "reference": true, "generationMw": 15},
    {"number": 7, "loadMw": 20, "shuntMw": 2},
    {"number": 3, "inService": false}
  ],
  "lines": [
    {"from": 10, "to": 7, "reactance": 0.1},
    {"number": 9, "from": 7, "to": 3, "reactance": -0.2, "tap": 0.9, "shiftDegrees": -3, "inService": false}
  ]
}
`;

describe("the project's grid format", () => {
  it("reads what is left out as its default", () => {
    expect(readGridJson(small, "small.json")).to.deep.equal({
      name: "small",
      source: "",
      licence: "",
      baseMva: 100,
      buses: [
        { number: 10, reference: true, loadMw: 0, shuntMw: 0, generationMw: 15, inService: true },
        { number: 7, reference: false, loadMw: 20, shuntMw: 2, generationMw: 0, inService: true },
        { number: 3, reference: false, loadMw: 0, shuntMw: 0, generationMw: 0, inService: false },
      ],
      lines: [
        { number: 1, from: 10, to: 7, reactance: 0.1, tap: 1, shiftDegrees: 0, inService: true },
        { number: 9, from: 7, to: 3, reactance: -0.2, tap: 0.9, shiftDegrees: -3, inService: false },
      ],
    });
  });

  it("writes one bus or line a row, defaults left out", () => {
    expect(writeGridJson(readGridJson(small, "small.json"))).to.equal(`{
  "format": "gridproof-grid/1",
  "name": "small",
  "source": "",
  "licence": "",
  "baseMva": 100,
  "buses": [
    {"number":10,"reference":true,"generationMw":15},
    {"number":7,"loadMw":20,"shuntMw":2},
    {"number":3,"inService":false}
  ],
  "lines": [
    {"from":10,"to":7,"reactance":0.1},
    {"number":9,"from":7,"to":3,"reactance":-0.2,"tap":0.9,"shiftDegrees":-3,"inService":false}
  ]
}
`);
  });

  it("gives a random case back as it was, in any layout", () => {
    fc.assert(
      fc.property(arbitraryCase(12, { islands: 2 }), fc.constantFrom(undefined, 2), (gridCase, indent) => {
        const text = writeGridJson(gridCase);
        expect(readGridJson(text, "x.json")).to.deep.equal(gridCase);
        expect(readGridJson(JSON.stringify(JSON.parse(text), undefined, indent), "x.json")).to.deep.equal(
          gridCase,
        );
      }),
    );
  });

  itForEachCase("gives a real case back as it was", (_, file) => {
    const gridCase = readGridFile(file);
    expect(readGridJson(writeGridJson(gridCase), "x.json")).to.deep.equal(gridCase);
  });

  const broken: [title: string, text: string, line: number, problem: RegExp][] = [
    ["an empty file", "\n", 1, /expected JSON, found an empty file/],
    [
      "a comma too many",
      small.replace("false}\n  ],", "false},\n  ],"),
      9,
      /expected a JSON value, found "\]"/,
    ],
    ["a comma too few", small.replace("15},", "15}"), 7, /expected "," or "\]", found "\{"/],
    ["a file cut short", small.slice(0, small.indexOf(', "loadMw')), 7, /found the end of the file/],
    [
      "another format",
      small.replace("grid/1", "grid/2"),
      2,
      /format: expected "gridproof-grid\/1", found "gridproof-grid\/2"/,
    ],
    ["a list at the root", "[]", 1, /expected object, found a list/],
    ["no base", small.replace('"baseMva": 100,', ""), 1, /baseMva: expected number, found nothing/],
    ["a negative base", small.replace("100", "-100"), 4, /expected a positive base power in MVA, found -100/],
    [
      "no buses",
      small.replace(/"buses": \[[^\]]*\]/, '"buses": []'),
      5,
      /expected at least one bus, found none/,
    ],
    ["no line list", small.replace(/,\s*"lines": \[[^\]]*\]/, ""), 1, /lines: expected array, found nothing/],
    [
      "a text for a number",
      small.replace("20", '"20"'),
      7,
      /buses\[1\]\.loadMw: expected number, found "20"/,
    ],
    [
      "a number beyond range",
      small.replace("20", "1e999"),
      7,
      /buses\[1\]\.loadMw: expected a finite number/,
    ],
    [
      "a row without number",
      small.replace('"number": 7, ', ""),
      7,
      /buses\[1\]\.number: expected number, found nothing/,
    ],
    [
      "a misspelt member",
      small.replace("shuntMw", "shunt"),
      7,
      /buses\[1\]: expected only known members, found "shunt"/,
    ],
    [
      "a bus twice",
      small.replace('"number": 3', '"number": 10'),
      8,
      /found bus 10 again \(first on line 6\)/,
    ],
    [
      "bus number 0",
      small.replace('"number": 3', '"number": 0'),
      8,
      /expected a positive whole bus number, found 0/,
    ],
    [
      "a line number twice",
      small.replace('"number": 9', '"number": 1'),
      12,
      /found line 1 again \(first on line 11\)/,
    ],
    ["an unknown bus", small.replace('"to": 7', '"to": 8'), 11, /found unknown bus 8/],
    ["zero reactance", small.replace("-0.2", "0"), 12, /expected a reactance other than zero/],
    ["a tap of zero", small.replace("0.9", "0"), 12, /expected a positive tap ratio, found 0/],
  ];
  for (const [title, text, line, problem] of broken) {
    it(`refuses ${title} in one line`, () => {
      expect(() => readGridJson(text, "x.json"))
        .to.throw(GridFileError, problem)
        .that.satisfies(
          ({ message }: GridFileError) => message.startsWith(`x.json:${line}: `) && !message.includes("\n"),
        );
    });
  }
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { GridFileError } from "../../../workers/grid/errors.js";
import { importMatpower } from "../../../workers/grid/importMatpower.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import { itForEachCase } from "./realCases.js";

const small = `function mpc = small
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
  10 3 5 1 0 0 1 1 0 1 1 1.1 0.9;
  7 1 20 1 2 0 1 1 0 1 1 1.1 0.9;
  3 2 0 0 0 0 1 1 0 1 1 1.1 0.9;
];
mpc.gen = [
  10 15 0 9 -9 1 100 1 99 0;
  3 5 0 9 -9 1 100 1 99 0;
  3 6 0 9 -9 1 100 1 99 0;
  3 7 0 9 -9 1 100 0 99 0;
];
mpc.branch = [
  10 7 0.01 0.1 0 9 9 9 0 0 1 -30 30;
  10 7 0.01 0.2 0 9 9 9 0.95 -3 1 -30 30;
  7 3 0.01 -0.1 0 9 9 9 0 0 0 -30 30;
];
`;

describe("importMatpower", () => {
  it("reads buses, summed generation, taps, shifts, parallel lines and status", () => {
    expect(importMatpower(small, "small.m")).to.deep.equal({
      name: "small",
      source: "",
      licence: "",
      baseMva: 100,
      buses: [
        { number: 10, reference: true, loadMw: 5, shuntMw: 0, generationMw: 15, inService: true },
        { number: 7, reference: false, loadMw: 20, shuntMw: 2, generationMw: 0, inService: true },
        { number: 3, reference: false, loadMw: 0, shuntMw: 0, generationMw: 11, inService: true },
      ],
      lines: [
        { number: 1, from: 10, to: 7, reactance: 0.1, tap: 1, shiftDegrees: 0, inService: true },
        { number: 2, from: 10, to: 7, reactance: 0.2, tap: 0.95, shiftDegrees: -3, inService: true },
        { number: 3, from: 7, to: 3, reactance: -0.1, tap: 1, shiftDegrees: 0, inService: false },
      ],
    });
  });

  it("takes a bus of type 4 as out of service", () => {
    const { buses } = importMatpower(small.replace("3 2 0 0", "3 4 0 0"), "small.m");
    expect(buses.map(({ inService }) => inService)).to.deep.equal([true, true, false]);
  });

  const layouts: Record<string, string> = {
    "commas between cells": small.replace(
      /^ {2}(.*);$/gm,
      (_, row: string) => `  ${row.split(" ").join(", ")};`,
    ),
    "rows ended by new lines only": small.replace(/^( {2}.*);$/gm, "$1"),
    "all rows on one line": small.replace(/\n {2}/g, " ").replace(/;\n\];/g, "];"),
    "Windows line ends and a byte order mark": `\uFEFF${small.replaceAll("\n", "\r\n")}`,
    "comments at row ends, between rows and in blocks": small.replace(
      /;$/gm,
      "; % it's 5; [7]\n% 1 2 3\n%{\n];\n%}",
    ),
    "rows continued on the next line": small.replace(/^( {2}\d+ \d+) /gm, "$1 ... and on\n   "),
    "Inf and NaN where they do not matter": small.replaceAll(" 9 9 9 ", " Inf -Inf NaN "),
    "exponents, signs and bare points": small.replaceAll(" 0.1 ", " +1.e-1 ").replaceAll(" 0.2 ", " .2E0 "),
    "unknown matrices, texts and cell arrays": `${small}mpc.gencost = [ 2 0 0 3 a b c; 1 ];
mpc.bus_name = {\n 'A % 1; ';\n 'B' };\nmpc.note = 'x = [';\nif true\n  k = mpc.bus(1, 2);\nend\n`,
    "the old format without a struct": small
      .replaceAll("mpc.", "")
      .replace("function mpc", "function [a, b]"),
  };
  for (const [title, text] of Object.entries(layouts)) {
    it(`reads the same from ${title}`, () => {
      expect(importMatpower(text, "small.m")).to.deep.equal(importMatpower(small, "small.m"));
    });
  }

  it("keeps the source and licence that the header states", () => {
    const header = `%%%%  IEEE PES Power Grid Library - Optimal Power Flow - v23.07  %%%%
%   Copyright (c) 1999 by Richard D. Christie, University of Washington
%   Electrical Engineering Licensed under the Creative Commons Attribution 4.0
%   International license, http://creativecommons.org/licenses/by/4.0/
`;
    const { source, licence } = importMatpower(header + small, "small.m");
    expect(source).to.equal(
      "IEEE PES Power Grid Library v23.07, small, (c) 1999 Richard D. Christie, University of Washington",
    );
    expect(licence).to.equal("CC BY 4.0");
  });

  const without = (section: string): string =>
    small.replace(new RegExp(`mpc\\.${section} = \\[[^\\]]*\\];\n`), "");
  const broken: [title: string, text: string, line: number, problem: RegExp][] = [
    ["an empty file", " \n", 1, /expected a MATPOWER case, found an empty file/],
    ["no base", small.replace("mpc.baseMVA = 100;", ""), 19, /expected mpc.baseMVA, found none/],
    ["a base of zero", small.replace("= 100", "= 0"), 3, /expected a positive base power in MVA, found 0/],
    ["a negative base", small.replace("= 100", "= -100"), 3, /found -100/],
    [
      "a base that is a text",
      small.replace("= 100", "= ten"),
      3,
      /expected the base power in MVA .*found ten/,
    ],
    ["no bus matrix", without("bus"), 14, /expected mpc.bus, found none/],
    ["no gen matrix", without("gen"), 13, /expected mpc.gen, found none/],
    ["no branch matrix", without("branch"), 14, /expected mpc.branch, found none/],
    [
      "no buses",
      small.replace(/mpc\.bus = \[[^\]]*\]/, "mpc.bus = []").replace(/(gen|branch) = \[[^\]]*\]/g, "$1 = []"),
      4,
      /expected at least one bus, found none/,
    ],
    [
      "a short bus row",
      small.replace("7 1 20 1 2 0 1 1 0", "7 1 20 1 2 0 1 1"),
      6,
      /expected 13 columns in a row of mpc.bus, found 12/,
    ],
    [
      "a short first row",
      small.replace("10 3 5 1 0", "10 3 5 1"),
      5,
      /expected 13 columns in a row of mpc.bus, found 12/,
    ],
    [
      "a long branch row",
      small.replace("7 3 0.01", "7 3 0.01 0"),
      18,
      /expected 13 columns in a row of mpc.branch, found 14/,
    ],
    [
      "a word for a number",
      small.replace("7 1 20 1", "7 1 2O 1"),
      6,
      /expected a number in column 3 of mpc.bus, found 2O/,
    ],
    [
      "an infinite load",
      small.replace("7 1 20 1", "7 1 Inf 1"),
      6,
      /expected a load in MW in column 3, found Inf/,
    ],
    [
      "a bus number that is no whole number",
      small.replace("3 2 0 0", "3.5 2 0 0").replaceAll(/^ {2}3 \d.*;\n/gm, ""),
      7,
      /expected a positive whole bus number, found 3.5/,
    ],
    [
      "an unknown bus type",
      small.replace("7 1 20 1", "7 5 20 1"),
      6,
      /expected a bus type 1, 2, 3 or 4 in column 2, found 5/,
    ],
    ["a bus twice", small.replace("7 1 20 1", "10 1 20 1"), 6, /found bus 10 again \(first on line 5\)/],
    [
      "a branch to an unknown bus",
      small.replace("7 3 0.01", "7 4 0.01"),
      18,
      /expected a bus of this case, found unknown bus 4/,
    ],
    ["a branch from an unknown bus", small.replace("7 3 0.01", "4 3 0.01"), 18, /found unknown bus 4/],
    [
      "a branch to its own bus",
      small.replace("7 3 0.01", "7 7 0.01"),
      18,
      /expected a line between two different buses/,
    ],
    ["a generator at an unknown bus", small.replace("3 6 0", "4 6 0"), 12, /generator, found unknown bus 4/],
    ["zero reactance", small.replace("-0.1", "0.0"), 18, /expected a reactance other than zero, found 0/],
    ["a negative tap", small.replace("0.95", "-0.95"), 17, /expected a positive tap ratio, found -0.95/],
    [
      "a branch status 2",
      small.replace("0 0 0 -30", "0 0 2 -30"),
      18,
      /expected a branch status 0 or 1 in column 11, found 2/,
    ],
    [
      "a matrix that runs into the next",
      small.replace(/9;\n\];\nmpc.gen/, "9;\nmpc.gen"),
      8,
      /expected "\]" to end mpc.bus \(opened on line 4\), found "gen ="/,
    ],
    [
      "a matrix that runs to the end",
      small.replace(/\];\n$/, ""),
      18,
      /expected "\]" to end mpc.branch .* found the end of the file/,
    ],
    [
      "a bus matrix given twice",
      `${small}mpc.bus = [];\n`,
      20,
      /expected mpc.bus once, found it again \(first on line 4\)/,
    ],
    [
      "a computation on a matrix",
      `${small}mpc.bus(:, 3) = mpc.bus(:, 3) / 1e3;\n`,
      20,
      /expected mpc.bus as plain numbers, found the computation mpc.bus\(:, 3\)/,
    ],
    [
      "a transposed matrix",
      small.replace(/\];\nmpc.gen/, "]';\nmpc.gen"),
      8,
      /expected mpc.bus as plain numbers, found the computation '/,
    ],
    [
      "a matrix read from a file",
      `${without("bus")}mpc.bus = load('x');\n`,
      15,
      /expected "\[" after mpc.bus =/,
    ],
    ["text that is no case", "hello\nworld\n", 2, /expected mpc.baseMVA, found none/],
  ];
  for (const [title, text, line, problem] of broken) {
    it(`refuses ${title} in one line`, () => {
      expect(() => importMatpower(text, "dir/x.m"))
        .to.throw(GridFileError, problem)
        .that.satisfies(
          ({ message }: GridFileError) => message.startsWith(`dir/x.m:${line}: `) && !message.includes("\n"),
        );
    });
  }

  const expected: Record<string, [buses: number, lines: number]> = {
    pglib_opf_case14_ieee: [14, 20],
    pglib_opf_case30_ieee: [30, 41],
    pglib_opf_case57_ieee: [57, 80],
    pglib_opf_case118_ieee: [118, 186],
    pglib_opf_case300_ieee: [300, 411],
    pglib_opf_case1354_pegase: [1354, 1991],
    pglib_opf_case2383wp_k: [2383, 2896],
  };
  itForEachCase("reads a real case whole", (_, file) => {
    const { name, buses, lines, baseMva, licence } = readGridFile(file);
    expect([buses.length, lines.length]).to.deep.equal(expected[name]);
    expect(buses.filter(({ reference }) => reference)).to.have.length(1);
    expect(baseMva).to.equal(100);
    expect(licence).to.equal("CC BY 4.0");
  });
});

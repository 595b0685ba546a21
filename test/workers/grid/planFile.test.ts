import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { GridFileError } from "../../../workers/grid/errors.js";
import { readPlanCsv } from "../../../workers/grid/readPlanCsv.js";
import { readPlanFile } from "../../../workers/grid/readPlanFile.js";
import { readPlanJson } from "../../../workers/grid/readPlanJson.js";
import type { MeteringPlan } from "../../../workers/grid/types.js";
import { writePlanCsv } from "../../../workers/grid/writePlanCsv.js";
import { writePlanJson } from "../../../workers/grid/writePlanJson.js";

/** IEEE 14 with line 20 (13 to 14) switched off and line 14 (7 to 8) too, which isolates bus 8. Bus 7 is empty. */
const whole = builtinCase("ieee14");
const grid = compileGrid({
  ...whole,
  lines: whole.lines.map((line) => ({ ...line, inService: ![14, 20].includes(line.number) })),
});

const csv = `meter,kind,place,sigma,owner
F1,flowFrom,1,800,North
T1,flowTo,1,750.5,"South, Ltd ""S"""
I4,injection,4,1e3,North
P4,pmu,4,0.001,North
,zeroInjection,7,100,
`;
const plan: MeteringPlan = {
  meters: [
    { id: "F1", kind: "flowFrom", place: 1, sigma: 800, owner: "North" },
    { id: "T1", kind: "flowTo", place: 1, sigma: 750.5, owner: 'South, Ltd "S"' },
    { id: "I4", kind: "injection", place: 4, sigma: 1000, owner: "North" },
    { id: "P4", kind: "pmu", place: 4, sigma: 0.001, owner: "North" },
  ],
  zeroInjections: [7],
  zeroInjectionSigma: 100,
};
const json = writePlanJson(plan);

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== "" && !/\p{Cc}/u.test(text));

const randomPlan: fc.Arbitrary<MeteringPlan> = fc
  .record({
    picks: fc.uniqueArray(
      fc.record({
        at: fc.nat(),
        kind: fc.constantFrom("injection", "flowFrom", "flowTo", "pmu"),
        id: name,
        owner: name,
        sigma: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12, selector: ({ id }) => id },
    ),
    zero: fc.boolean(),
  })
  .map(({ picks, zero }) => {
    const taken = new Set<string>();
    const meters = picks.flatMap(({ at, kind, id, owner, sigma }) => {
      const places = kind === "flowFrom" || kind === "flowTo" ? grid.lines : grid.buses.slice(1);
      const place = places[at % places.length]!.number;
      const key = `${kind} ${place}`;
      if (taken.has(key) || key === "injection 7") return [];
      taken.add(key);
      return [{ id, kind, place, sigma, owner }];
    });
    return { meters, zeroInjections: zero ? [7] : [], zeroInjectionSigma: 100 };
  })
  .filter(({ meters }) => meters.length > 0);

const refuses = (read: () => unknown, file: string, line: number, problem: RegExp): void => {
  expect(read)
    .to.throw(GridFileError, problem)
    .that.satisfies(
      ({ message }: GridFileError) => message.startsWith(`${file}:${line}: `) && !message.includes("\n"),
    );
};

describe("a plan in CSV", () => {
  it("is read and written", () => {
    expect(readPlanCsv(csv, "p.csv", grid)).to.deep.equal(plan);
    expect(readPlanCsv(`\uFEFF${csv.replaceAll("\n", "\r\n")}\r\n`, "p.csv", grid)).to.deep.equal(plan);
    expect(readPlanCsv(writePlanCsv(plan), "p.csv", grid)).to.deep.equal(plan);
  });

  it("comes back as it was", () => {
    fc.assert(
      fc.property(randomPlan, (random) => {
        expect(readPlanCsv(writePlanCsv(random), "p.csv", grid)).to.deep.equal(random);
      }),
    );
  });

  const broken: [title: string, text: string, line: number, problem: RegExp][] = [
    ["an empty file", "", 1, /expected the header meter,kind,place,sigma,owner, found nothing/],
    [
      "another header",
      csv.replace("sigma", "std"),
      1,
      /expected the header .*, found meter,kind,place,std,owner/,
    ],
    ["no meters", "meter,kind,place,sigma,owner\n", 1, /expected at least one meter, found none/],
    [
      "a missing cell",
      csv.replace("I4,injection,4,1e3,North", "I4,injection,4,1e3"),
      4,
      /expected 5 cells .* found 4/,
    ],
    ["an open quote", csv.replace('""S"""', '""S""'), 3, /quotes that do not match/],
    [
      "an unknown kind",
      csv.replace("I4,injection", "I4,voltage"),
      4,
      /expected one of injection, .* as kind, found voltage/,
    ],
    [
      "a place that is a word",
      csv.replace("injection,4", "injection,four"),
      4,
      /expected a bus or line number, found four/,
    ],
    ["no sigma", csv.replace("1e3", ""), 4, /expected a sigma, found nothing/],
    [
      "two sigmas of zero injections",
      `${csv},zeroInjection,9,50,\n`,
      7,
      /expected the same sigma .* found 50 after 100/,
    ],
    [
      "a zero injection with load",
      csv.replace("tion,7", "tion,9"),
      6,
      /without load and generation, found bus 9/,
    ],
  ];
  for (const [title, text, line, problem] of broken) {
    it(`refuses ${title}`, () => refuses(() => readPlanCsv(text, "p.csv", grid), "p.csv", line, problem));
  }
});

describe("a plan in JSON", () => {
  it("is read and written, one meter a line", () => {
    expect(readPlanJson(json, "p.json", grid)).to.deep.equal(plan);
    expect(json.split("\n")[6]).to.equal(
      '    {"id":"T1","kind":"flowTo","place":1,"sigma":750.5,"owner":"South, Ltd \\"S\\""},',
    );
  });

  it("comes back as it was", () => {
    fc.assert(
      fc.property(randomPlan, (random) => {
        expect(readPlanJson(writePlanJson(random), "p.json", grid)).to.deep.equal(random);
      }),
    );
  });

  it("needs no zero injections", () => {
    const short = json.replace(/ {2}"zero.*\n/g, "");
    expect(readPlanJson(short, "p.json", grid)).to.deep.equal({ ...plan, zeroInjections: [] });
  });

  const broken: [title: string, text: string, line: number, problem: RegExp][] = [
    [
      "another format",
      json.replace("plan/1", "plan/9"),
      2,
      /format: expected "gridproof-plan\/1", found "gridproof-plan\/9"/,
    ],
    ["no meters", writePlanJson({ ...plan, meters: [] }), 5, /expected at least one meter/],
    [
      "an unknown kind",
      json.replace("injection", "voltage"),
      8,
      /meters\[2\]\.kind: expected one of injection, flowFrom, flowTo, pmu, found "voltage"/,
    ],
    [
      "a missing owner",
      json.replace(',"owner":"North"},', "},"),
      6,
      /meters\[0\]\.owner: expected string, found nothing/,
    ],
    ["an empty owner", json.replace('"owner":"North"', '"owner":" "'), 6, /expected the owner of meter F1/],
    ["an empty name", json.replace('"id":"F1"', '"id":""'), 6, /expected the meter's name/],
    ["a name on two lines", json.replace('"id":"F1"', '"id":"F\\n1"'), 6, /expected names on one line/],
    ["a sigma of zero", json.replace("750.5", "0"), 7, /expected a positive sigma, found 0/],
    ["a negative sigma", json.replace("750.5", "-1"), 7, /expected a positive sigma, found -1/],
    ["an infinite sigma", json.replace("750.5", "1e999"), 7, /expected a positive sigma, found Infinity/],
    [
      "a name twice",
      json.replace('"T1"', '"F1"'),
      7,
      /expected distinct meters, found F1 again \(first on line 6\)/,
    ],
    [
      "two meters of a kind at a place",
      json.replace("flowTo", "flowFrom"),
      7,
      /expected one flowFrom meter at 1, found a second \(first on line 6\)/,
    ],
    [
      "an unknown bus",
      json.replace('"place":4', '"place":99'),
      8,
      /expected a bus in service, found unknown bus 99/,
    ],
    ["an isolated bus", json.replace('"place":4', '"place":8'), 8, /found bus 8, isolated or out of service/],
    ["an unknown line", json.replace('"place":1', '"place":99'), 6, /found unknown or switched off line 99/],
    [
      "a line out of service",
      json.replace('"place":1', '"place":20'),
      6,
      /found unknown or switched off line 20/,
    ],
    [
      "a PMU at the reference bus",
      json.replace('"pmu","place":4', '"pmu","place":1'),
      9,
      /found one at reference bus 1/,
    ],
    [
      "a zero injection twice",
      json.replace("[7]", "[7,\n7]"),
      4,
      /expected distinct zero injections, found bus 7 again/,
    ],
    ["a zero injection at an unknown bus", json.replace("[7]", "[99]"), 3, /found unknown bus 99/],
    [
      "a zero injection that is metered",
      json.replace('"place":4', '"place":7'),
      3,
      /without injection meter, found both at bus 7/,
    ],
    ["a zero injection with load", json.replace("[7]", "[9]"), 3, /without load and generation, found bus 9/],
    [
      "a sigma of zero injections of 0",
      json.replace('Sigma": 100', 'Sigma": 0'),
      4,
      /expected a positive sigma of zero injections/,
    ],
  ];
  for (const [title, text, line, problem] of broken) {
    it(`refuses ${title}`, () => refuses(() => readPlanJson(text, "p.json", grid), "p.json", line, problem));
  }
});

describe("readPlanFile", () => {
  it("reads by extension", () => {
    const folder = mkdtempSync(join(tmpdir(), "gridproof-plan-"));
    try {
      writeFileSync(join(folder, "plan.csv"), csv);
      writeFileSync(join(folder, "plan.JSON"), json);
      expect(readPlanFile(join(folder, "plan.csv"), grid)).to.deep.equal(plan);
      expect(readPlanFile(join(folder, "plan.JSON"), grid)).to.deep.equal(plan);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses other extensions and missing files", () => {
    expect(() => readPlanFile("plan.txt", grid)).to.throw(
      GridFileError,
      "plan.txt: expected a .json or .csv file",
    );
    expect(() => readPlanFile("nowhere/plan.csv", grid)).to.throw(GridFileError, "found ENOENT");
  });
});

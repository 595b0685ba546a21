import { expect } from "chai";
import { describe, it } from "mocha";
import { DemoArgumentError } from "../../../workers/demo/errors.js";
import {
  type DemoArguments,
  checkOperators,
  readDemoOptions,
} from "../../../workers/demo/readDemoOptions.js";

const given: DemoArguments = {
  case: "",
  plan: "",
  operators: "4",
  slots: "8",
  seed: "1",
  json: "",
  report: "",
};
const absolute = (path: string): string => `/stood/${path}`;
const read = (differences: Partial<DemoArguments>) =>
  readDemoOptions({ ...given, ...differences }, absolute, "/project/reports/demo.html");

describe("readDemoOptions", () => {
  it("has the default plan, no JSON and the project's report by default", () => {
    expect(read({})).to.deep.equal({
      planFile: undefined,
      operators: 4,
      slots: 8,
      seed: 1,
      jsonFile: undefined,
      reportFile: "/project/reports/demo.html",
    });
  });

  it("takes paths from where the user stood", () => {
    expect(read({ plan: "a.csv", json: "b.json", report: "c.html" })).to.include({
      planFile: "/stood/a.csv",
      jsonFile: "/stood/b.json",
      reportFile: "/stood/c.html",
    });
  });

  it("takes the bounds themselves", () => {
    expect(read({ operators: "2", slots: "1", seed: "0" })).to.include({ operators: 2, slots: 1, seed: 0 });
    expect(read({ operators: "80", seed: "4294967295" })).to.include({ operators: 80, seed: 4294967295 });
  });

  for (const [option, value, says] of [
    ["operators", "1", "--operators: expected a whole number from 2 to 80, found 1"],
    ["operators", "81", "--operators: expected a whole number from 2 to 80, found 81"],
    ["operators", "four", "--operators: expected a whole number from 2 to 80, found four"],
    ["slots", "0", "--slots: expected a whole number from 1 to 100000, found 0"],
    ["slots", "2.5", "--slots: expected a whole number from 1 to 100000, found 2.5"],
    ["slots", "", "--slots: expected a whole number from 1 to 100000, found nothing"],
    ["seed", "-1", "--seed: expected a whole number from 0 to 4294967295, found -1"],
  ] as const) {
    it(`refuses ${option} ${value === "" ? "left empty" : value} in one line`, () => {
      expect(() => read({ [option]: value })).to.throw(DemoArgumentError, says);
    });
  }
});

describe("checkOperators", () => {
  it("wants a bus for each operator", () => {
    checkOperators(14, 14);
    expect(() => checkOperators(15, 14)).to.throw(
      DemoArgumentError,
      "--operators: expected at most one operator for each of the case's 14 buses in service, found 15",
    );
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { readMeterList } from "../../../../workers/metering/provision/readMeterList.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

describe("a list of meters", () => {
  const file = join(temporaryFolder(), "meters.csv");
  const read = (text: string) => {
    writeFileSync(file, text);
    return readMeterList(file);
  };
  const refused = (text: string): string => {
    try {
      read(text);
    } catch (error) {
      return (error as Error).message;
    }
    return "taken";
  };

  it("is read with its quotes, in any order of columns", () => {
    const meters = read(
      '\uFEFFcustomer,serial,usagePoint\r\n"Doe, Jane",SN-1,P1\r\n\r\n,"SN-2",P2\r\n,SN-3,\r\n',
    );
    expect(meters).to.deep.equal([
      { serial: "SN-1", usagePoint: "P1", customer: "Doe, Jane", place: `${file}:2` },
      { serial: "SN-2", usagePoint: "P2", customer: "", place: `${file}:4` },
      { serial: "SN-3", usagePoint: "", customer: "", place: `${file}:5` },
    ]);
    expect(read("serial,usagePoint\nP1,P1\n")).to.have.lengthOf(1);
  });

  for (const [what, line, said] of [
    ["surplus cells", "SN-3,P3,Doe,Jane", "4 cells, the header has 3"],
    ["too few cells", "SN-3,P3", "2 cells, the header has 3"],
    ["an open quote", 'SN-3,P3,"Doe', "quotes that do not match"],
    ["control characters", "SN-3,P3,Doe\u0007", "a control character"],
    ["no serial number", ",P3,", "a serial number is missing"],
    ["a serial number twice", "SN-1,P3,", "SN-1 stands at"],
    ["a usage point twice", "SN-3,P1,", "P1 stands at"],
    ["a serial number that is another's usage point", "P1,P3,", "P1 stands at"],
    ["a usage point that is another's serial number", "SN-3,SN-1,", "SN-1 stands at"],
    ["a serial number of digits alone", "2,P3,", "2 could be taken for a meter's number"],
    ["a usage point of digits alone", "SN-3,007,", "007 could be taken for a meter's number"],
    ["a customer at no usage point", "SN-3,,Jane", "Jane lives at no usage point"],
  ] as const) {
    it(`is refused with ${what}, by line`, () => {
      const message = refused(`serial,usagePoint,customer\nSN-1,P1,Ada\n${line}\n`);
      expect(message).to.include(`${file}:3: `).and.include(said);
    });
  }

  it("is refused without meters, and with columns that nobody reads", () => {
    expect(refused("serial,usagePoint,customer\n")).to.include("lists no meter");
    expect(refused("")).to.include("and has nothing");
    expect(refused("serial,usagePoint,owner\nSN-1,P1,Ada\n")).to.include(":1: the header");
    expect(refused("serial,serial,usagePoint\nSN-1,SN-2,P1\n")).to.include(":1: the header");
  });
});

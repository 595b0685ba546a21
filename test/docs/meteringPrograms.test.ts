import { expect } from "chai";
import { describe, it } from "mocha";
import { firstCells, readDoc, section } from "./readDoc.js";

const PROGRAMS = {
  Broker: "workers/bus/broker/config.ts",
  Concentrator: "workers/metering/concentrator/config.ts",
  MDMS: "workers/metering/mdms/config.ts",
  Meters: "workers/metering/meter/config.ts",
};

/** The fields of a schema: those that it names, and those of the groups that it takes in. */
function fieldsOf(source: string): string[] {
  const shared = readDoc("workers/program/readConfig.ts");
  const schema = source.slice(source.indexOf("const schema"), source.lastIndexOf(".strict();"));
  const groups = [...schema.matchAll(/\.\.\.(\w+),/gu)].flatMap(([, name]) => {
    const from = shared.indexOf(`export const ${name!} = {`);
    const text = shared.slice(from, shared.indexOf("} as const;", from));
    return [...text.matchAll(/^ {2}(\w+):/gmu)].map((match) => match[1]!);
  });
  return [...groups, ...[...schema.matchAll(/^ {4}(\w+):/gmu)].map((match) => match[1]!)];
}

describe("docs/metering-programs.md", () => {
  const text = readDoc("docs/metering-programs.md");

  it("names every field of each configuration, and no other", () => {
    const tables = section(text, "Configuration");
    for (const [program, file] of Object.entries(PROGRAMS)) {
      const part = tables.split(/^### /mu).find((one) => one.startsWith(`${program}\n`));
      const fields = fieldsOf(readDoc(file));
      expect(fields).to.include("logLevel");
      expect(firstCells(part!).sort(), program).to.deep.equal(fields.sort());
    }
  });

  it("has a row for every metric, and no other", () => {
    const made = [
      "metering/concentrator/metrics",
      "metering/mdms/metrics",
      "bus/broker/brokerMetrics",
      "alerts/alertGauge",
    ].flatMap((file) =>
      [...readDoc(`workers/${file}.ts`).matchAll(/"(gridproof_\w+)"/gu)].map((match) => match[1]!),
    );
    expect(firstCells(section(text, "Metrics")).sort()).to.deep.equal(made.sort());
  });
});

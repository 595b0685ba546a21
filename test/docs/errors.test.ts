import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Interface } from "ethers";
import { describe, it } from "mocha";
import { factories } from "../../typechain-types/index.js";
import { firstCells, readDoc, ROOT, section } from "./readDoc.js";

interface Entry {
  readonly type: string;
}

/** The ABIs of all factories in a namespace, however deep. */
function abisOf(namespace: object): Entry[][] {
  return Object.values(namespace).flatMap((value: unknown) => {
    if (typeof value === "function" && "abi" in value) return [value.abi as Entry[]];
    return typeof value === "object" && value !== null ? abisOf(value) : [];
  });
}

/** `Name(argument, …)` of every error that some ABI declares. */
function declared(namespace: object): string[] {
  const found = abisOf(namespace).flatMap((abi) => {
    const signatures: string[] = [];
    new Interface(abi).forEachError(({ name, inputs }) =>
      signatures.push(`${name}(${inputs.map((input) => input.name).join(", ")})`),
    );
    return signatures;
  });
  return [...new Set(found)].sort();
}

/** The names after `enum Flaw` in a Solidity source. */
function enumNames(source: string, name: string): string[] {
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`, "u").exec(source)![1]!;
  return [...body.matchAll(/\w+/gu)].map(([word]) => word);
}

describe("docs/errors.md", () => {
  const text = readDoc("docs/errors.md");
  const registry = section(text, "Grid registry");
  const flaws = registry.slice(registry.indexOf("| flaw"));
  const unsound = [...registry.matchAll(/`(VersionProofUnsound\([^`]*\))`/gu)].map((match) => match[1]!);

  it("lists the errors of the consortium, each under its arguments", () => {
    expect(firstCells(section(text, "Consortium")).sort()).to.deep.equal(declared(factories.consortium));
  });

  it("lists those of the grid registry, its proof and its store", () => {
    const listed = firstCells(registry.slice(0, registry.indexOf("| flaw")));
    // The registry's own interface and the libraries that it runs.
    expect([...listed, ...unsound].sort()).to.deep.equal(declared(factories.grid));
  });

  it("lists the flaws of a version", () => {
    const source = readDoc("contracts/grid/libraries/VersionProof.sol");
    expect(firstCells(flaws)).to.deep.equal(enumNames(source, "Flaw"));
  });

  it("lists those of the slot ledger", () => {
    expect(firstCells(section(text, "Slot ledger")).sort()).to.deep.equal(declared(factories.measurement));
  });

  it("lists those of the finality overlay", () => {
    expect(firstCells(section(text, "Finality overlay")).sort()).to.deep.equal(declared(factories.finality));
  });

  it("lists those of the projection mode", () => {
    expect(firstCells(section(text, "Projection mode")).sort()).to.deep.equal(declared(factories.projection));
  });

  it("lists those of household metering", () => {
    expect(firstCells(section(text, "Household metering")).sort()).to.deep.equal(
      declared(factories.metering),
    );
  });

  it("lists the reasons for which the worker does not take a row", () => {
    const union = /type ProblemCode =([^;]*);/u.exec(readDoc("workers/measurement/problem.ts"))![1]!;
    const codes = [...union.matchAll(/"(\w+)"/gu)].map((match) => match[1]!);
    expect(firstCells(section(text, "Worker: rows of measurement files"))).to.deep.equal(codes);
  });

  it("names every error class of workers and tasks, and none that there is not", () => {
    const classes = ["workers", "tasks"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => [
          ...readDoc(join(folder, file)).matchAll(/^export class (\w+) extends \w*Error\b/gmu),
        ])
        .map((match) => match[1]!),
    );
    const named = [...section(text, "Worker and command line").matchAll(/`([A-Z]\w*Error)`/gu)];
    expect([...new Set(named.map((match) => match[1]!))].sort()).to.deep.equal(classes.sort());
  });
});

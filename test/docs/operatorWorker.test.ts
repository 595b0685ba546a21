import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { parseWorkerConfig, type WorkerConfig } from "../../workers/operator/config.js";
import { firstCells, readDoc, ROOT, section } from "./readDoc.js";

/** The first JSON example of a text. */
function exampleOf(text: string): object {
  return JSON.parse(/```json\n(.*?)```/su.exec(text)![1]!) as object;
}

describe("docs/operator-worker.md", () => {
  const text = readDoc("docs/operator-worker.md");
  const configuration = section(text, "Configuration");
  const example = exampleOf(configuration);
  const parsed = parseWorkerConfig(example, "the example", "/");

  it("has an example that the worker takes", () => {
    expect(parsed.contracts.ledger).to.match(/^0x/u);
  });

  it("takes the overlay as docs/finality.md adds it", () => {
    const added = exampleOf(section(readDoc("docs/finality.md"), "How signatures travel"));
    const contracts = { ...parsed.contracts, finality: parsed.contracts.ledger };
    const { finality, http } = parseWorkerConfig({ ...example, contracts, ...added }, "the example", "/");
    expect(http?.host).to.equal("127.0.0.1");
    expect(finality?.kind === "overlay" ? finality.peers : []).to.have.length(3);
  });

  it("names every field of the configuration, and no other", () => {
    const source = readDoc("workers/operator/config.ts");
    const schema = source.slice(source.indexOf("const schema"), source.indexOf(".strict();"));
    const fields = [...schema.matchAll(/^ {4}(\w+):/gmu)].map((match) => match[1]!);
    expect(fields).to.include("rpcUrl").and.include("logLevel");
    expect(firstCells(configuration)).to.deep.equal(fields);
  });

  it("gives the defaults that hold", () => {
    for (const [, field, value] of configuration.matchAll(/^\| `(\w+)`\s+\| ([\d,]+) /gmu)) {
      const holds = parsed[field as keyof WorkerConfig];
      expect(holds, field).to.equal(Number(value!.replaceAll(",", "")));
    }
  });

  it("quotes messages that are logged", () => {
    const code = ["workers/operator", "workers/alerts", "workers/chain/sending", "workers/chain/endpoints"]
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .map((file) => readDoc(join(folder, file))),
      )
      .join("\n");
    const quoted = [...section(text, "Logs").matchAll(/^\| (`.*?`)\s+\|/gmu)].flatMap((row) =>
      [...row[1]!.matchAll(/`([^`]+)`/gu)].map((match) => match[1]!),
    );
    expect(quoted).to.have.length.above(8);
    for (const message of quoted) {
      // One is put together from two.
      for (const part of message.split("; ")) expect(code, part).to.include(part);
    }
  });
});

import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { tasks } from "../../tasks/index.js";
import { readDoc, ROOT } from "./readDoc.js";

const runnable = tasks.filter((definition) => "positionalArguments" in definition);
const documents = ["README.md", ...globSync("docs/*.md", { cwd: ROOT }).sort()];

/** What a reader would see as the anchor of a heading. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gmu)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Whether a name in code is that of a file somewhere in the project: a path, or the end of one. */
function isThere(name: string): boolean {
  const folders = ["", "test", "contracts", "workers"];
  return folders.some((folder) => existsSync(join(ROOT, folder, name))) || files.has(name.split("/").at(-1)!);
}

const files = new Set(
  globSync("{contracts,workers,tasks,test,bench,ignition,docs}/**/*.*", { cwd: ROOT }).map((path) =>
    path.split("/").at(-1)!,
  ),
);

describe("what the documents refer to", () => {
  for (const document of documents) {
    const text = readDoc(document);

    it(`${document}: links lead somewhere`, () => {
      for (const [, target] of text.matchAll(/\]\(([^)]+)\)/gu)) {
        if (/^https?:/u.test(target!)) continue;
        const [path, anchor] = target!.split("#");
        const file = path === "" ? document : join(dirname(document), path!);
        expect(existsSync(join(ROOT, file)), `${target}`).to.equal(true);
        if (anchor !== undefined) expect(anchors(readDoc(file)), target).to.include(anchor);
      }
    });

    it(`${document}: files and folders that it names are there`, () => {
      for (const [, name] of text.matchAll(/`((?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|sol))`/gu)) {
        expect(isThere(name!), name).to.equal(true);
      }
      for (const [, folder] of text.matchAll(
        /`((?:contracts|workers|tasks|test|bench|ignition)\/[\w/-]+)\/?`/gu,
      )) {
        expect(existsSync(join(ROOT, folder!)), folder).to.equal(true);
      }
    });
  }
});

describe("README.md", () => {
  const text = readDoc("README.md");
  it("is under 200 lines", () => {
    expect(text.split("\n")).to.have.length.below(200);
  });

  it("uses options that its tasks have", () => {
    const common = ["network", "deployment"];
    for (const [, command] of text.matchAll(/^gp (.*?)(?:\s+#.*)?$/gmu)) {
      const task = runnable.find(({ id }) => command!.startsWith(id.join(" ")));
      expect(task, command).to.not.equal(undefined);
      const known = [...common, ...Object.keys(task!.options)];
      for (const [, option] of command!.matchAll(/--([\w-]+)/gu)) expect(known, command).to.include(option);
    }
  });
});

describe("docs/commands.md", () => {
  it("lists every task, and no other", () => {
    const listed = [
      ...readDoc("docs/commands.md").matchAll(/^\| `([a-z][a-z -]*[a-z])(?: [^`]*)?` \|/gmu),
    ].map((match) => match[1]!);
    expect(listed.sort()).to.deep.equal(runnable.map(({ id }) => id.join(" ")).sort());
  });
});

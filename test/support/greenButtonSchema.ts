import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validateXML } from "xmllint-wasm";
import { sharedPath } from "./shared.js";

/** What the published schema of Green Button finds wrong with a document; undefined where the schema is not at hand. */
export async function greenButtonFaults(contents: string): Promise<string[] | undefined> {
  const folder = sharedPath("schemas/green-button");
  if (folder === undefined) return undefined;
  const file = (fileName: string): { fileName: string; contents: string } => ({
    fileName,
    contents: readFileSync(join(folder, fileName), "utf8"),
  });
  const { errors, valid } = await validateXML({
    xml: { fileName: "usage.xml", contents },
    schema: file("green-button.xsd"),
    preload: ["atom.xsd", "espi.xsd", "xml.xsd"].map(file),
  });
  return valid ? [] : errors.map(({ message }) => message);
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import type { Grid } from "../../../workers/grid/types.js";
import { sharedPath } from "../../support/shared.js";

/** One test for each real case beside the repository, or one skipped test that says they are absent. */
export function itForEachCase(title: string, test: (grid: Grid, file: string) => void | Promise<void>): void {
  const folder = sharedPath("cases");
  if (folder === undefined) {
    it.skip(`${title} (../shared/cases is absent)`);
    return;
  }
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".m"))) {
    const file = join(folder, name);
    it(`${title}: ${name}`, async function run() {
      this.timeout(300_000);
      await test(compileGrid(readGridFile(file)), file);
    });
  }
}

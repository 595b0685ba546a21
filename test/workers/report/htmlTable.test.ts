import { expect } from "chai";
import { describe, it } from "mocha";
import { htmlTable } from "../../../workers/report/htmlTable.js";

describe("htmlTable", () => {
  it("aligns and marks cells, and escapes what they say", () => {
    const html = htmlTable(
      [{ head: "a & b" }, { head: "J", align: "right" }],
      [["<script>", { text: "5", mark: "alarm" }]],
    );
    expect(html).to.contain('<th>a &amp; b</th><th class="number">J</th>');
    expect(html).to.contain('<td>&lt;script&gt;</td><td class="number alarm">5</td>');
  });
});

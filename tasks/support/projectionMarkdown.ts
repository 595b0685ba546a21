import type { Compared } from "../bench/projection.js";
import { paperHeads, paperRows } from "./paperFigures.js";
import {
  provingHeads,
  provingRow,
  settlingHeads,
  settlingRow,
  timeHeads,
  timeRow,
  transferHeads,
  transferRow,
} from "./projectionTables.js";

/** The page of `bench projection`: our figures, then the paper's beside them. */
export function projectionMarkdown(
  measured: readonly Compared[],
  operators: number,
  machine: string,
  figure: string | undefined,
): string {
  const largest = measured.at(-1)!;
  return [
    "# Projection mode: gas, bytes and time against meters",
    "",
    `Written by \`./gridproof bench projection … --markdown docs/projection-gas.md\`, with ${operators} operators.`,
    "A flow meter at the from end of every line and an injection meter at every bus. [projection.md](projection.md) says what",
    "is stored and checked, [gas.md](gas.md) what the certificate costs on larger grids.",
    ...(figure === undefined ? [] : ["", `![Gas against meters](${figure})`]),
    "",
    "## Proving a model, gas",
    "",
    ...markdownTable(provingHeads, measured.map(provingRow)),
    "",
    "- product check: A G against I and P against H A HᵀW, entry by entry, with the sparse rows of H. Deterministic.",
    "- Freivalds: six rounds, a false entry of the stated smallest size passes with 2⁻¹³² at most.",
    "- all: propose, store, one of the checks, and approval by all operators.",
    "- certificate: everything that brings a version of the main ledger into force, its approvals included.",
    "",
    "## Settling a slot, gas",
    "",
    ...markdownTable(settlingHeads, measured.map(settlingRow)),
    "",
    "- a measurement: one transaction of `processMeasurement`, the mean of a slot, that finalises nothing.",
    "- finalise: z times the stored P, J, rewards and deposits; with alarm: J above τ.",
    "- slot as printed: a transaction for each meter, and the finalisation.",
    "- certificate: one batch of each operator, and the settlement.",
    "",
    "## Bytes",
    "",
    ...markdownTable(transferHeads, measured.map(transferRow)),
    "",
    "## Time",
    "",
    `On ${machine}, one thread, in the embedded network: from sending the transactions of a step to the last receipt.`,
    "",
    ...markdownTable(timeHeads, measured.map(timeRow)),
    "",
    "## The paper's figures, beside ours",
    "",
    "The paper measures seconds on Hyperledger Fabric 0.6 with chaincode in Go on four machines of 8 cores (section 7); ours is",
    "one EVM, so that ratios and bytes compare, not seconds. The sizes of its matrices are lost in the text that we have; those",
    "of its transactions, 32 MB and 128 MB, are those of P with 8 bytes an entry for 2,000 and 4,000 meters.",
    "",
    ...markdownTable(paperHeads(largest), paperRows(largest)),
    "",
    "Storing and checking P grows with the square of the meters, the certificate with the meters. At the paper's 2,000 meters",
    `P alone would take about ${Math.round((32e6 * largest.projection.store.gas) / largest.projection.store.bytes / 1e9)} thousand million gas to store, in some 1,300 transactions; the version of 5,279 meters in [gas.md](gas.md)`,
    "takes 44 million.",
    "",
  ].join("\n");
}

function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [heads, heads.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
}

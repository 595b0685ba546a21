import type { DevnetBench } from "../../bench/devnet/devnetBench.js";
import { grouped } from "../../workers/report/number.js";
import { devnetBenchTables, devnetBenchWords, type Figures } from "./devnetBenchTables.js";

/** The page that `bench devnet --markdown` writes. */
export function devnetBenchMarkdown(found: DevnetBench, machine: string): string {
  return [
    "# What the devnet takes",
    "",
    "Written by `./gridproof bench devnet … --markdown docs/devnet-bench.md`.",
    "",
    `Measured on ${machine}: ${found.validators} validators of geth on one machine, ` +
      `a block every ${found.blockPeriodSeconds} s, ${grouped(found.gasLimit)} gas a block. ` +
      `Grid ${found.case}, ${grouped(found.meters)} meters of ${found.validators} operators. ` +
      `Slots of ${found.slotSeconds} s, cut off ${found.cutOffSeconds} s after their start.`,
    "",
    ...devnetBenchWords(found).map((sentence) => `- ${sentence}`),
    "",
    ...devnetBenchTables(found).flatMap(section),
    "## What is measured",
    "",
    "- Uploads: each operator's batch is signed before, all are sent at once when a block is over, each to its operator's own",
    "  validator. Send to inclusion is that of the last of them.",
    `- A settlement is one transaction. It is sent once the next block is past the cut-off and the uploads have the ${found.confirmationDepth} `.trimEnd(),
    "  confirmations that the governance asks for.",
    "- Plain transactions are transfers that were signed before, in requests of 100, each operator's to its own validator. `gate` is",
    "  the product's way, `engine` is geth's own HTTP port past the gate: same nodes, same chain, by turns. `sender`",
    "  is the product's sender through the gates, one program for each operator: it journals on disk, signs, sends, looks for",
    "  receipts, and follows the chain. Transfers and their fees are alike. All were included.",
    "  `a second` counts the blocks from 3 s after the start until the last request is answered.",
    "- Latency of plain transactions: four a second of each operator on a network that has time, seen at the sender's validator.",
    "",
  ].join("\n");
}

function section({ title, heads, rows }: Figures): string[] {
  const rule = heads.map((_, i) => (i === 0 ? "---" : "---:"));
  return [`## ${title}`, "", ...[heads, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`), ""];
}

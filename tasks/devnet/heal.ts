import { heal, type Healing } from "../../workers/devnet/heal.js";
import { reachEngine } from "../../workers/devnet/engines/reachEngine.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  let last = "";
  const healing = await heal(folder, network, reachEngine(network), (text) => {
    if (text !== last) process.stderr.write(`${text}\n`);
    last = text;
  });
  report(args.json, healing, healingText(healing));
  if (healing.verdict.kind === "suspected")
    throw new UserError("only this machine's node can be seen here, so nothing was changed");
});

/** What was found and done, in a few lines. */
function healingText({ verdict, recovery, resent }: Healing): string {
  const lines: string[] = [];
  if (verdict.kind === "none") lines.push(`no deadlock: ${REASONS[verdict.why]}`);
  if (verdict.kind === "final engine") lines.push("no deadlock: with QBFT a block is final at once");
  if (verdict.kind === "suspected")
    lines.push(
      "this validator stands still and must wait for the others, which are its peers: compare its head with theirs",
    );
  if (recovery !== undefined) {
    const { head, winner, commonHeight, followed, woundBack, transactions } = recovery;
    const wound = woundBack.length === 0 ? "" : `; wound back first: ${woundBack.join(", ")}`;
    lines.push(
      `deadlocked from block ${commonHeight} on; all stand on block ${head.height} of ${winner} now (${head.hash})`,
      `turned to it: ${[...followed, ...woundBack].join(", ")}${wound}`,
    );
    lines.push(...resentLines(transactions));
  }
  if (resent !== undefined) lines.push("an earlier recovery was cut short:", ...resentLines(resent));
  return lines.join("\n");
}

const REASONS = {
  moving: "blocks come",
  "too few run": "too few validators run to seal; devnet up starts them",
  "peers are missing": "nodes lack peers; they look for them every half minute",
  "one head": "all nodes stand on one head",
  "someone may seal": "a validator may seal the next block",
} as const;

function resentLines({ kept, refused }: NonNullable<Healing["resent"]>): string[] {
  return [
    `${kept} transactions of other branches are on the chain or on their way`,
    ...refused.map(({ hash, reason }) => `not taken any more: ${hash}: ${reason}`),
  ];
}

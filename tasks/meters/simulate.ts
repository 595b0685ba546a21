import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chainTime } from "../../workers/chain/chainTime.js";
import { planOfVersion } from "../../workers/chain/planOfVersion.js";
import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { simulateDay } from "../../workers/grid/simulateDay.js";
import { slotAtTime } from "../../workers/measurement/slotAtTime.js";
import type { LedgerRules } from "../../workers/measurement/slotRules.js";
import { slotTimes } from "../../workers/measurement/slotTimes.js";
import { writeReadings } from "../../workers/measurement/writeReadings.js";
import { grouped } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { versionNumber } from "../support/versionNumber.js";

interface Arguments {
  readonly folder: string;
  readonly slots: number;
  readonly fromSlot: number;
  readonly seed: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** A file of more would take long to read. */
const MOST_SLOTS = 1_440;

export default userTask<Arguments>(async (args, hre) => {
  if (args.slots < 1 || args.slots > MOST_SLOTS)
    throw new UserError(`--slots ${args.slots}: expected 1 to ${grouped(MOST_SLOTS)}`);
  const { contracts, provider } = await openSharing(hre, args.deployment);
  const { ledger, registry } = contracts;
  const version = await readVersion(registry, provider, await versionNumber(registry, "active"));
  const rules = await readLedgerRules(ledger);
  const now = await chainTime(provider);
  const first = args.fromSlot < 0 ? firstFor(rules, Number(await ledger.nextSlot()), now) : args.fromSlot;
  const starts = Array.from({ length: args.slots }, (_, i) => slotTimes(rules, first + i).start);
  if (slotTimes(rules, first).cutoff <= now)
    throw new UserError(`slot ${first} takes no values any more: choose a later one with --from-slot`);
  const plan = planOfVersion(version);
  const values = simulateDay(compileGrid(version.labels.case), plan, args.slots, args.seed);
  const files = writeReadings(plan, starts, values).map(({ operator, rows, csv }) => {
    const folder = join(userPath(args.folder), folderName(operator));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `slots-${first}-${first + args.slots - 1}.csv`);
    if (existsSync(path)) throw new UserError(`${path}: exists; its rows are simulated already`);
    // Under its name only when it is whole: a worker may look at the folder.
    writeFileSync(`${path}.new`, csv);
    renameSync(`${path}.new`, path);
    return { operator, path, rows };
  });
  report(
    args.json,
    { first, last: first + args.slots - 1, meters: plan.meters.length, files },
    [
      facts([
        ["slots", `${first} to ${first + args.slots - 1}, a day from midnight on`],
        ["the first starts", timeText(starts[0]!)],
        ["case", version.labels.case.name],
      ]),
      table(
        [{ head: "operator" }, { head: "rows", align: "right" }, { head: "file" }],
        files.map(({ operator, rows, path }) => [operator, grouped(rows), path]),
      ),
    ].join("\n"),
  );
});

/** The next slot to settle, if less than half of its time for values has gone; else the next that begins. */
function firstFor(rules: LedgerRules, next: number, now: number): number {
  const { start, cutoff } = slotTimes(rules, next);
  return now < (start + cutoff) / 2 ? next : slotAtTime(rules, now) + 1;
}

/** What a folder of an operator is called. */
function folderName(operator: string): string {
  return operator.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
}

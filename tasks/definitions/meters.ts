import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import {
  as,
  bothEnds,
  caseFile,
  deployment,
  gridVersion,
  integer,
  json,
  keystore,
  operators,
  passwordFile,
  plan,
  planOut,
  text,
} from "./options.js";

const slot = { name: "slot", description: "Number of the slot", type: ArgumentType.INT } as const;
const signedFile = {
  name: "file",
  description: "Measurement file with the column signature, as a worker reads it (.csv, or JSON lines)",
} as const;

/** `meters …`. */
export const metersTasks: TaskDefinition[] = [
  emptyTask("meters", "The grid meters").build(),
  task(["meters", "list"], "List the meters of a version: id, kind, place, owner, sigma, range")
    .addPositionalArgument(gridVersion)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/list.js"))
    .build(),
  task(
    ["meters", "key"],
    "Register the key with which a meter of yours signs its values, rotate or retire it",
  )
    .addPositionalArgument({ name: "meter", description: "Name of the meter" })
    .addPositionalArgument({ name: "key", description: "Address of its key; 'none': it signs no longer" })
    .addOption(
      integer(
        "fromSlot",
        "First slot that it holds for, which must not have started (default: the next but one)",
        -1,
      ),
    )
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/key.js"))
    .build(),
  task(
    ["meters", "simulate"],
    "Write what the meters of the version in force read over a day, as measurement files of their operators",
  )
    .addPositionalArgument({
      name: "folder",
      description: "Where the files go: a folder for each operator",
    })
    .addOption(integer("slots", "How many slots the day has", 96))
    .addOption(
      integer(
        "fromSlot",
        "The slot that starts at the day's midnight (default: the next to settle, or the next to begin)",
        -1,
      ),
    )
    .addOption(integer("seed", "Of the meters' errors", 1))
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/simulate.js"))
    .build(),
  task(["meters", "audit"], "Compare what meters signed for a slot with what their operators uploaded")
    .addPositionalArgument(slot)
    .addPositionalArgument(signedFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/audit.js"))
    .build(),
  task(
    ["meters", "dispute"],
    "Prove on the chain which uploaded values differ from what meters signed, and which meters signed two",
  )
    .addPositionalArgument(slot)
    .addPositionalArgument(signedFile)
    .addOption(as)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(deployment)
    .addOption(json)
    .setAction(() => import("../meters/dispute.js"))
    .build(),
  task(
    ["meters", "place"],
    "Propose the fewest meters that mend a plan, and say which operator should own them",
  )
    .addPositionalArgument(caseFile)
    .addOption(plan)
    .addOption({ ...operators, defaultValue: 4 })
    .addFlag(bothEnds)
    .addOption(
      text(
        "goal",
        "observable: every angle is determined; redundant: no meter is critical; guarded: the coalition can hide nothing (default: the first of these that the plan lacks)",
      ),
    )
    .addOption(text("coalition", "For guarded: names of the operators that may collude, separated by commas"))
    .addOption(planOut)
    .addOption(json)
    .setAction(() => import("../meters/place.js"))
    .build(),
];

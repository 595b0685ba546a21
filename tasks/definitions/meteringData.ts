import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { json, text } from "./options.js";

/** `--database WHERE`. */
const database = text(
  "database",
  "The MDMS's database: a SQLite file, or postgresql://… (default: that of .metering)",
);

const meter = {
  name: "meter",
  description: "Usage point, serial number or number of a meter",
} as const;

const maybeMeter = text("meter", `${meter.description} (default: all)`);

const point = {
  name: "point",
  description: "Usage point; or serial number or number of a meter there",
} as const;

const from = text("from", "Begin: a date or time, UTC (2026-01-31T17:30Z)");

const to = text("to", "End: a date or time, UTC (2026-01-31T17:30Z)");

const at = text("at", "When: a date or time, UTC (default: now)");

/** `metering …`: what works on the MDMS's database. */
export const meteringDataTasks: TaskDefinition[] = [
  task(["metering", "show"], "Show a day of one meter's usage point: intervals, register, findings")
    .addPositionalArgument(meter)
    .addOption(text("day", "The day, UTC: 2026-01-31 (default: the last there is)"))
    .addOption(database)
    .addOption(text("report", "Write the day as a page (HTML) to this file"))
    .addOption(json)
    .setAction(() => import("../metering/show.js"))
    .build(),
  task(["metering", "export"], "Write what a usage point used as CSV or Green Button XML")
    .addPositionalArgument(meter)
    .addOption({
      name: "format",
      description: "csv or green-button",
      type: ArgumentType.STRING,
      defaultValue: "csv",
    })
    .addOption(text("out", "File to write (default: '-', standard output)"))
    .addOption(from)
    .addOption(to)
    .addOption(text("customer", "Only while this customer lived there"))
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/export.js"))
    .build(),
  task(["metering", "gaps"], "Show which intervals are missing, and how complete what was measured is")
    .addPositionalArgument(maybeMeter)
    .addOption({ ...to, description: "Up to when (default: the newest interval of any meter)" })
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/gaps.js"))
    .build(),
  task(["metering", "validate"], "Validate intervals, list what is found, and estimate what is missing")
    .addPositionalArgument(maybeMeter)
    .addOption(from)
    .addOption(to)
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/validate.js"))
    .build(),
  task(["metering", "exchange"], "Note that another meter took the place of the one at a usage point")
    .addPositionalArgument(point)
    .addOption(text("newMeter", "Serial number or number of the meter that comes"))
    .addOption(at)
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/exchange.js"))
    .build(),
  task(["metering", "move-in"], "Note that a customer moved in; who lived there moved out")
    .addPositionalArgument(point)
    .addPositionalArgument({ name: "customer", description: "The customer, any text" })
    .addOption(at)
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/moveIn.js"))
    .build(),
  task(["metering", "move-out"], "Note that the customer at a usage point moved out")
    .addPositionalArgument(point)
    .addOption(at)
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/moveOut.js"))
    .build(),
  task(["metering", "delete"], "Delete what a usage point used; that it was deleted, and why, is kept")
    .addPositionalArgument(point)
    .addOption(text("before", "Up to when: a date or time, UTC"))
    .addOption({
      name: "reason",
      description: "Why, for the record",
      type: ArgumentType.STRING,
      defaultValue: "asked for",
    })
    .addOption(database)
    .addOption(json)
    .setAction(() => import("../metering/delete.js"))
    .build(),
];

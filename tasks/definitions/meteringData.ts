import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { json } from "./options.js";

const optional = { type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const;

/** `--database WHERE`. */
const database = {
  name: "database",
  description: "The MDMS's database: a SQLite file, or postgresql://… (default: that of .metering)",
  ...optional,
} as const;

const meter = {
  name: "meter",
  description: "Usage point, serial number or number of a meter",
} as const;

const maybeMeter = { ...meter, description: `${meter.description} (default: all)`, ...optional } as const;

const point = {
  name: "point",
  description: "Usage point; or serial number or number of a meter there",
} as const;

const from = {
  name: "from",
  description: "Begin: a date or time, UTC (2026-01-31T17:30Z)",
  ...optional,
} as const;

const to = { name: "to", description: "End: a date or time, UTC (2026-01-31T17:30Z)", ...optional } as const;

const at = { name: "at", description: "When: a date or time, UTC (default: now)", ...optional } as const;

/** `metering …`: what works on the MDMS's database. */
export const meteringDataTasks: TaskDefinition[] = [
  task(["metering", "show"], "Show a day of one meter's usage point: intervals, register, findings")
    .addPositionalArgument(meter)
    .addOption({
      name: "day",
      description: "The day, UTC: 2026-01-31 (default: the last there is)",
      ...optional,
    })
    .addOption(database)
    .addOption({ name: "report", description: "Write the day as a page (HTML) to this file", ...optional })
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
    .addOption({ name: "out", description: "File to write (default: '-', standard output)", ...optional })
    .addOption(from)
    .addOption(to)
    .addOption({ name: "customer", description: "Only while this customer lived there", ...optional })
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
    .addOption({
      name: "newMeter",
      description: "Serial number or number of the meter that comes",
      ...optional,
    })
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
    .addOption({ name: "before", description: "Up to when: a date or time, UTC", ...optional })
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

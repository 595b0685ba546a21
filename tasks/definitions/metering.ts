import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, integer, json, keystore, markdown, passwordFile, text } from "./options.js";

/** `--metering FILE`. */
export const meteringFile = text(
  "metering",
  "File that says where household metering is (default: deployments/<network>.metering.json)",
);

/** `metering …`. */
export const meteringTasks: TaskDefinition[] = [
  emptyTask("metering", "Household meters, their encrypted reports, concentrators, the MDMS").build(),
  task(
    ["metering", "deploy"],
    "Deploy household metering for a utility of the consortium, and write down its address",
  )
    .addPositionalArgument({
      name: "utility",
      description: "The member whose meters these are: name or address",
    })
    .addOption(integer("intervalSeconds", "Length of an interval, s: 60 to 86,400", 1_800))
    .addOption(integer("sessionSeconds", "How long a meter's session key holds at most, s", 86_400))
    .addOption(integer("overlapSeconds", "How long a key still holds beside the next one, s", 3_600))
    .addOption(deployment)
    .addOption(meteringFile)
    .addFlag({ name: "force", description: "Replace the address of a deployment that is in use" })
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/deploy.js"))
    .build(),
  task(
    ["metering", "figures"],
    "Count the bits of a report and the storage of a meter, and time a report's steps, beside the paper's figures",
  )
    .addOption(
      text("folder", "Folder of household files (default: the London data in ../shared, or drawn readings)"),
    )
    .addOption(integer("readings", "How many readings of each of five households are reported", 2_000))
    .addOption(markdown)
    .addOption(json)
    .setAction(() => import("../metering/figures.js"))
    .build(),
  task(
    ["metering", "demo"],
    "Show households' readings from meter to utility on the embedded network, attacks included",
  )
    .addOption(integer("meters", "How many homes", 50))
    .addOption(integer("days", "Days of half hours", 2))
    .addOption(text("readings", "Folder of household files (default: ../shared/data/london)"))
    .addOption({
      name: "folder",
      description: "Where the MDMS's database and the rest is left",
      type: ArgumentType.STRING,
      defaultValue: ".metering",
    })
    .addOption(json)
    .setAction(() => import("../metering/demo.js"))
    .build(),
];

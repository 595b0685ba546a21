import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, json, keystore, passwordFile } from "./options.js";

/** `--metering FILE`. */
export const meteringFile = {
  name: "metering",
  description: "File that says where household metering is (default: deployments/<network>.metering.json)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

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
    .addOption({
      name: "intervalSeconds",
      description: "Length of an interval, s: 60 to 86,400",
      type: ArgumentType.INT,
      defaultValue: 1_800,
    })
    .addOption({
      name: "sessionSeconds",
      description: "How long a meter's session key holds at most, s",
      type: ArgumentType.INT,
      defaultValue: 86_400,
    })
    .addOption({
      name: "overlapSeconds",
      description: "How long a key still holds beside the next one, s",
      type: ArgumentType.INT,
      defaultValue: 3_600,
    })
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
    .addOption({
      name: "folder",
      description: "Folder of household files (default: the London data in ../shared, or drawn readings)",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption({
      name: "readings",
      description: "How many readings of each of five households are reported",
      type: ArgumentType.INT,
      defaultValue: 2_000,
    })
    .addOption({
      name: "markdown",
      description: "Also write the tables as Markdown to this file",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
    .addOption(json)
    .setAction(() => import("../metering/figures.js"))
    .build(),
  task(
    ["metering", "demo"],
    "Show households' readings from meter to utility on the embedded network, attacks included",
  )
    .addOption({
      name: "meters",
      description: "How many homes",
      type: ArgumentType.INT,
      defaultValue: 50,
    })
    .addOption({
      name: "days",
      description: "Days of half hours",
      type: ArgumentType.INT,
      defaultValue: 2,
    })
    .addOption({
      name: "readings",
      description: "Folder of household files (default: ../shared/data/london)",
      type: ArgumentType.STRING_WITHOUT_DEFAULT,
      defaultValue: undefined,
    })
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

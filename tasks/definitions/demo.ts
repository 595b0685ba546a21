import { task } from "hardhat/config";

/** The definition of `demo`. */
export const demoTask = task("demo", "Show data sharing end to end on the embedded network, with plots")
  .addOption({
    name: "case",
    description: "A MATPOWER case (.m) or a grid in the project's own format (.json); IEEE 118 if left out",
    defaultValue: "",
  })
  .addOption({
    name: "plan",
    description:
      "A metering plan (.csv or .json) whose owners are Operator 1, Operator 2, …; the default plan if left out",
    defaultValue: "",
  })
  .addOption({
    name: "operators",
    description: "How many operators share the grid, from 2",
    defaultValue: "4",
  })
  .addOption({ name: "slots", description: "How many slots are run, from 1", defaultValue: "8" })
  .addOption({ name: "seed", description: "Of the noise, and of what goes wrong", defaultValue: "1" })
  .addOption({
    name: "json",
    description: "File for the figures; credits from 2^53 on are strings of digits",
    defaultValue: "",
  })
  .addOption({
    name: "report",
    description: "File for the HTML report; reports/demo.html if left out",
    defaultValue: "",
  })
  .setAction(() => import("../demo.js"))
  .build();

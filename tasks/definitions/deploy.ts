import { task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";
import { deployment, integer, json, keystore, passwordFile, text } from "./options.js";

/** `deploy`. */
export const deployTasks: TaskDefinition[] = [
  task(
    "deploy",
    "Found a consortium: deploy the contracts, and write their addresses where other tasks read them",
  )
    .addOption(
      text(
        "founders",
        "JSON file {founders: [{name, account}], deposit, vetoSeconds, clock, terms, voting}; each may be left out",
      ),
    )
    .addOption(
      integer(
        "operators",
        "Where --founders names none: as many founders, from the network's accounts after the deployer's",
        4,
      ),
    )
    .addOption(deployment)
    .addFlag({ name: "force", description: "Replace the addresses of a deployment that is in use" })
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../deploy.js"))
    .build(),
];

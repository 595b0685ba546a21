import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { TaskDefinition } from "hardhat/types/tasks";
import { meteringFile } from "./metering.js";
import { integer, json, keystore, passwordFile, text } from "./options.js";

const config = { name: "programConfig", description: "Its configuration, a JSON file" } as const;

const folder = text("folder", "Folder with what was provisioned (default: .metering)");

const fund = {
  name: "fund",
  description: "Ether that a new account gets to pay gas with; 0 where gas is free",
  type: ArgumentType.STRING,
  defaultValue: "10",
} as const;

/** `metering …`: provisioning, the programs, and keys that are lost. */
export const meteringProgramTasks: TaskDefinition[] = [
  task(
    ["metering", "provision"],
    "Make keys, credentials and configurations for meters, concentrator and MDMS",
  )
    .addPositionalArgument({ name: "list", description: "Meters: CSV with serial, usagePoint, customer" })
    .addOption({ ...folder, description: "Folder for all of it (default: .metering)" })
    .addOption(text("since", "When they were installed, UTC (default: now)"))
    .addOption(
      text("readings", "Folder of household files that the meters replay (default: their use is drawn)"),
    )
    .addOption(text("rpcUrl", "Endpoint that the programs use (default: that of the network)"))
    .addOption(
      text("host", "Name or address at which the broker is reached; beyond this machine it needs TLS"),
    )
    .addOption(
      integer("port", "Port of the broker; the metrics of concentrator and MDMS are on the next two", 1_883),
    )
    .addOption(text("tlsCert", "The broker's certificate, PEM, and those between it and its authority"))
    .addOption(text("tlsKey", "Its key, PEM, mode 0600"))
    .addOption(text("tlsCa", "Certificate of its authority, PEM (default: one that Node.js knows)"))
    .addOption(
      text(
        "database",
        "The MDMS's database: postgresql://… without a password, or a SQLite file (default: in the folder)",
      ),
    )
    .addOption(fund)
    .addOption(meteringFile)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/provision.js"))
    .build(),
  task(["metering", "broker"], "Run the broker until it is told to stop (SIGINT, SIGTERM)")
    .addPositionalArgument(config)
    .setAction(() => import("../metering/broker.js"))
    .build(),
  task(["metering", "concentrator"], "Run a data concentrator until it is told to stop (SIGINT, SIGTERM)")
    .addPositionalArgument(config)
    .setAction(() => import("../metering/concentrator.js"))
    .build(),
  task(
    ["metering", "mdms"],
    "Run the meter data management system until it is told to stop (SIGINT, SIGTERM)",
  )
    .addPositionalArgument(config)
    .setAction(() => import("../metering/mdms.js"))
    .build(),
  task(["metering", "meters"], "Run simulated meters until they are told to stop (SIGINT, SIGTERM)")
    .addPositionalArgument(config)
    .setAction(() => import("../metering/meters.js"))
    .build(),
  task(["metering", "revoke"], "Revoke a meter's identity for ever, or only its session keys")
    .addPositionalArgument({
      name: "meter",
      description: "Serial number, usage point or number of the meter",
    })
    .addFlag({ name: "sessions", description: "Only the session keys: the meter opens the next" })
    .addOption(folder)
    .addOption(meteringFile)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/revoke.js"))
    .build(),
  task(["metering", "revoke-epoch"], "Revoke an epoch key of the MDMS; the MDMS opens the next")
    .addOption(integer("epoch", "Its number (0: the present one)", 0))
    .addOption(meteringFile)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/revokeEpoch.js"))
    .build(),
  task(["metering", "replace-concentrator"], "Put a new concentrator in the place of one that is lost")
    .addPositionalArgument(
      text("lost", "Account of the lost one (default: the folder's, and all of a new one is made)"),
    )
    .addPositionalArgument(text("account", "Account of the new one"))
    .addOption(folder)
    .addOption(fund)
    .addOption(meteringFile)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/replaceConcentrator.js"))
    .build(),
  task(["metering", "replace-mdms"], "Put an MDMS with new keys in the place of one whose keys are lost")
    .addOption(folder)
    .addOption(meteringFile)
    .addOption(keystore)
    .addOption(passwordFile)
    .addOption(json)
    .setAction(() => import("../metering/replaceMdms.js"))
    .build(),
];

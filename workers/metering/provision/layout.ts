import { join } from "node:path";

/** The files of a metering folder, by what they are. */
export interface MeteringFiles {
  /** The utility's record: serial numbers, salts, numbers. Secret. */
  readonly record: string;
  /** The MDMS: its keys and their password, its account's keystore and password, its broker password, its database. */
  readonly mdmsKeys: string;
  readonly mdmsKeysPassword: string;
  readonly mdmsAccount: string;
  readonly mdmsAccountPassword: string;
  readonly mdmsBrokerPassword: string;
  readonly mdmsDatabase: string;
  /** The concentrator: its account's keystore and password, its broker password, its queue. */
  readonly concentratorAccount: string;
  readonly concentratorAccountPassword: string;
  readonly concentratorBrokerPassword: string;
  readonly concentratorDatabase: string;
  /** The meters: what they keep, its password, and their broker passwords. */
  readonly meters: string;
  readonly metersPassword: string;
  readonly metersBrokerPasswords: string;
  /** The broker's credentials. */
  readonly credentials: string;
  /** Of a replacement that is under way: what to go on from, where it was killed. */
  readonly mdmsReplacement: string;
  readonly concentratorReplacement: string;
  /** A configuration for each program. */
  readonly config: Readonly<Record<"broker" | "concentrator" | "mdms" | "meters", string>>;
}

/** Names the files of a metering folder. */
export function meteringFiles(folder: string): MeteringFiles {
  const at = (name: string): string => join(folder, name);
  return {
    record: at("utility.json"),
    mdmsKeys: at("mdms-keys.json"),
    mdmsKeysPassword: at("mdms-keys.password"),
    mdmsAccount: at("mdms-account.json"),
    mdmsAccountPassword: at("mdms-account.password"),
    mdmsBrokerPassword: at("mdms-broker.password"),
    mdmsDatabase: at("mdms.sqlite"),
    concentratorAccount: at("concentrator-account.json"),
    concentratorAccountPassword: at("concentrator-account.password"),
    concentratorBrokerPassword: at("concentrator-broker.password"),
    concentratorDatabase: at("concentrator.sqlite"),
    meters: at("meters.sqlite"),
    metersPassword: at("meters.password"),
    metersBrokerPasswords: at("meters-broker.passwords.json"),
    credentials: at("credentials.json"),
    mdmsReplacement: at("mdms-replacement.json"),
    concentratorReplacement: at("concentrator-replacement.json"),
    config: {
      broker: at("broker.json"),
      concentrator: at("concentrator.json"),
      mdms: at("mdms.json"),
      meters: at("meters.json"),
    },
  };
}

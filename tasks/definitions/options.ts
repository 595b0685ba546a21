import { ArgumentType } from "hardhat/types/arguments";

/** `--json FILE`. */
export const json = {
  name: "json",
  description: "Also write the result as JSON to this file; '-' writes only JSON, to standard output",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--deployment FILE`. */
export const deployment = {
  name: "deployment",
  description:
    "File with the addresses of the contracts (default: GRIDPROOF_DEPLOYMENT, or deployments/<network>.json)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--as WHO`. */
export const as = {
  name: "as",
  description: "Who signs, where the network has several accounts: a member's name, or an address",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--keystore FILE`. */
export const keystore = {
  name: "keystore",
  description: "Encrypted keystore of the signer (default: the key in GRIDPROOF_OPERATOR_KEY, if set)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--password-file FILE`. */
export const passwordFile = {
  name: "passwordFile",
  description:
    "File of mode 0600 with the keystore's password (default: GRIDPROOF_KEYSTORE_PASSWORD, or asked for)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--plan FILE`. */
export const plan = {
  name: "plan",
  description:
    "Metering plan (.csv or .json); without one, a flow meter on every line and an injection meter at every bus",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

/** `--both-ends`. */
export const bothEnds = {
  name: "bothEnds",
  description: "In the default plan, meter both ends of every line",
} as const;

/** `--operators N`. */
export const operators = {
  name: "operators",
  description: "In the default plan, how many operators share the grid",
  type: ArgumentType.INT,
  defaultValue: 1,
} as const;

/** `--out FILE` for a metering plan. */
export const planOut = {
  name: "out",
  description: "Write the plan to this file, for --plan (.csv or .json)",
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const;

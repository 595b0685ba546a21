import { ArgumentType } from "hardhat/types/arguments";

/** An option with text, which may be left out. */
export function text<const Name extends string>(name: Name, description: string) {
  return { name, description, type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const;
}

/** An option with a whole number. */
export function integer<const Name extends string>(name: Name, description: string, defaultValue: number) {
  return { name, description, type: ArgumentType.INT, defaultValue } as const;
}

/** `--markdown FILE`. */
export const markdown = text("markdown", "Also write the tables as Markdown to this file");

/** A case, by its file or name. */
export const caseFile = {
  name: "file",
  description:
    "The case: a MATPOWER .m file, a .json grid file, or the name of one that ships: ieee14, ieee118",
} as const;

/** `--case FILE`. */
export const caseOption = { ...caseFile, name: "case", defaultValue: "ieee118" } as const;

/** A version of the grid, by its number. */
export const gridVersion = {
  name: "gridVersion",
  description: "Number of the grid version, or 'active' for the one in force",
  defaultValue: "active",
} as const;

/** `--json FILE`. */
export const json = text(
  "json",
  "Also write the result as JSON to this file; '-' writes only JSON, to standard output",
);

/** `--deployment FILE`. */
export const deployment = text(
  "deployment",
  "File with the addresses of the contracts (default: GRIDPROOF_DEPLOYMENT, or deployments/<network>.json)",
);

/** `--as WHO`. */
export const as = text(
  "as",
  "Who signs, where the network has several accounts: a member's name, or an address",
);

/** `--keystore FILE`. */
export const keystore = text(
  "keystore",
  "Encrypted keystore of the signer (default: the key in GRIDPROOF_OPERATOR_KEY, if set)",
);

/** `--password-file FILE`. */
export const passwordFile = text(
  "passwordFile",
  "File of mode 0600 with the keystore's password (default: GRIDPROOF_KEYSTORE_PASSWORD, or asked for)",
);

/** `--plan FILE`. */
export const plan = text(
  "plan",
  "Metering plan (.csv or .json); without one, a flow meter on every line and an injection meter at every bus",
);

/** `--both-ends`. */
export const bothEnds = {
  name: "bothEnds",
  description: "In the default plan, meter both ends of every line",
} as const;

/** `--operators N`. */
export const operators = integer("operators", "In the default plan, how many operators share the grid", 1);

/** `--out FILE` for a metering plan. */
export const planOut = text("out", "Write the plan to this file, for --plan (.csv or .json)");

import { Interface, type Result } from "ethers";
import {
  Consortium__factory,
  FinalityOverlay__factory,
  Governance__factory,
  GridRegistry__factory,
  SlotLedger__factory,
  SlotRules__factory,
} from "../../../typechain-types/index.js";
import type { Call } from "./types.js";

/** All functions that a proposal may call. */
const functions = new Interface(
  [
    Consortium__factory,
    GridRegistry__factory,
    SlotLedger__factory,
    SlotRules__factory,
    Governance__factory,
    FinalityOverlay__factory,
  ].flatMap(({ abi }) => abi.filter((entry) => entry.type === "function")),
);

/**
 * A call in words: `contract.function(argument = value, …)`, or the raw bytes if no contract of ours has the function.
 *
 * @param names What the addresses of the deployment are called, by address in lower case.
 */
export function describeCall({ target, data }: Call, names: ReadonlyMap<string, string>): string {
  const where = names.get(target.toLowerCase()) ?? target;
  let parsed;
  try {
    parsed = functions.parseTransaction({ data });
  } catch {
    return `${where}: ${data} (the arguments cannot be read)`;
  }
  if (parsed === null) return `${where}: ${data}`;
  const { inputs } = parsed.fragment;
  const shown = inputs.map(({ name }, i) => `${name} = ${valueText(parsed.args[i], names)}`);
  return `${where}.${parsed.name}(${shown.join(", ")})`;
}

function valueText(value: unknown, names: ReadonlyMap<string, string>): string {
  if (Array.isArray(value)) return structText(value as unknown as Result, names);
  const text = String(value);
  const name = names.get(text.toLowerCase());
  return name === undefined ? text : `${name} (${text})`;
}

function structText(value: Result, names: ReadonlyMap<string, string>): string {
  return `{${Object.entries(value.toObject())
    .map(([name, inner]) => `${name}: ${valueText(inner, names)}`)
    .join(", ")}}`;
}

import type { Governance } from "../../../typechain-types/index.js";
import type { Contracts } from "../connectContracts.js";
import { ChainDataError } from "../errors.js";
import { parseFraction } from "../fraction.js";
import type { Call } from "./types.js";

type Rules = Awaited<ReturnType<Governance["rules"]>>;
type RulesField = keyof Rules & string;

/** Names of rules of voting that are one number. */
const numbers: Readonly<Record<string, RulesField>> = {
  votingSeconds: "votingSeconds",
  delay: "delaySeconds",
  executionSeconds: "executionSeconds",
  confirmationDepth: "confirmationDepth",
};

/** Names that `encodeSettings` takes. */
export const settingNames = ["supermajority", ...Object.keys(numbers), "vetoSeconds"];

/**
 * The calls that give parameters other values; those of one contract are changed in one call, with its present values
 * for what is not named.
 *
 * @param text `name=value` pairs, separated by commas, such as `supermajority=3/4,delay=7200`.
 * @throws ChainDataError naming what is unknown, twice there, or no value.
 */
export async function encodeSettings(
  text: string,
  contracts: Contracts,
  governance: Governance,
): Promise<Call[]> {
  const settings = parseSettings(text);
  const calls: Call[] = [];
  const veto = settings.get("vetoSeconds");
  if (veto !== undefined) {
    const data = contracts.registry.interface.encodeFunctionData("setVetoSeconds", [
      whole("vetoSeconds", veto),
    ]);
    calls.push({ target: await contracts.registry.getAddress(), data });
  }
  if ([...settings.keys()].some((name) => name === "supermajority" || name in numbers)) {
    const present = await governance.rules();
    const rules = {
      supermajorityNumerator: present.supermajorityNumerator,
      supermajorityDenominator: present.supermajorityDenominator,
      votingSeconds: present.votingSeconds,
      delaySeconds: present.delaySeconds,
      executionSeconds: present.executionSeconds,
      confirmationDepth: present.confirmationDepth,
    };
    const fraction = settings.get("supermajority");
    if (fraction !== undefined) {
      const { numerator, denominator } = parseFraction(fraction, "supermajority");
      rules.supermajorityNumerator = BigInt(numerator);
      rules.supermajorityDenominator = BigInt(denominator);
    }
    for (const [name, field] of Object.entries(numbers)) {
      const value = settings.get(name);
      if (value !== undefined) Object.assign(rules, { [field]: whole(name, value) });
    }
    const data = governance.interface.encodeFunctionData("setRules", [rules]);
    calls.push({ target: await governance.getAddress(), data });
  }
  return calls;
}

function parseSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const pair of text.split(",")) {
    const [name = "", value] = pair.split("=").map((part) => part.trim());
    if (!settingNames.includes(name)) {
      throw new ChainDataError(`${name || pair}: not a parameter; there are ${settingNames.join(", ")}`);
    }
    if (value === undefined || value === "") throw new ChainDataError(`${name}: no value; write ${name}=…`);
    if (settings.has(name)) throw new ChainDataError(`${name} is set twice`);
    settings.set(name, value);
  }
  return settings;
}

/** The contracts hold 16 to 40 bits; what is beyond they refuse by name, what is beyond 32 bits cannot be meant. */
function whole(name: string, text: string): bigint {
  const most = name === "confirmationDepth" ? 65_535n : 0xffff_ffffn;
  if (!/^\d{1,12}$/u.test(text) || BigInt(text) > most) {
    throw new ChainDataError(`${name}: expected a whole number up to ${most}, got ${text}`);
  }
  return BigInt(text);
}

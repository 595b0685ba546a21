import type { Governance } from "../../../typechain-types/index.js";
import type { Contracts } from "../connectContracts.js";
import { ChainDataError } from "../errors.js";
import { parseFraction } from "../fraction.js";
import { ledgerSettingNames, ledgerSettings } from "./ledgerSettings.js";
import type { Call } from "./types.js";
import { wholeSetting } from "./wholeSetting.js";

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
export const settingNames = ["supermajority", ...Object.keys(numbers), "vetoSeconds", ...ledgerSettingNames];

/** More is refused by the contracts, or does not fit. */
const MAX_SECONDS = 0xffff_ffffn;
const MAX_CONFIRMATIONS = 0xffffn;

/**
 * The calls that give parameters other values; those of one contract are changed in one call, with its present values
 * for what is not named.
 *
 * @param text `name=value` pairs, separated by commas, such as `supermajority=3/4,delay=7200`.
 * @param fromSlot The first slot under changed rules of the slot ledger. Without one, the first that starts after the vote
 * can be over and executed: the times for voting, delay and execution from `now` on, of the last at most a day.
 * @param now Unix seconds.
 * @throws ChainDataError naming what is unknown, twice there, or no value.
 */
export async function encodeSettings(
  text: string,
  contracts: Contracts,
  governance: Governance,
  now: number,
  fromSlot?: bigint,
): Promise<Call[]> {
  const settings = parseSettings(text);
  const present = await governance.rules();
  const calls: Call[] = [];
  const ofLedger = new Map([...settings].filter(([name]) => ledgerSettingNames.includes(name)));
  if (ofLedger.size > 0) {
    const { votingSeconds, delaySeconds, executionSeconds } = present;
    const execution = executionSeconds < 86_400n ? executionSeconds : 86_400n;
    const notBefore = BigInt(now) + votingSeconds + delaySeconds + execution;
    calls.push(await ledgerSettings(ofLedger, contracts, { fromSlot, notBefore }));
  }
  const veto = settings.get("vetoSeconds");
  if (veto !== undefined) {
    const data = contracts.registry.interface.encodeFunctionData("setVetoSeconds", [
      wholeSetting("vetoSeconds", veto, MAX_SECONDS),
    ]);
    calls.push({ target: await contracts.registry.getAddress(), data });
  }
  if ([...settings.keys()].some((name) => name === "supermajority" || name in numbers)) {
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
      if (value !== undefined)
        Object.assign(rules, {
          [field]: wholeSetting(name, value, name === "confirmationDepth" ? MAX_CONFIRMATIONS : MAX_SECONDS),
        });
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

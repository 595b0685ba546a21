import { Interface, isCallException } from "ethers";
import {
  CodeStore__factory,
  ConsortiumSuccessor__factory,
  FinalityOverlay__factory,
  Governance__factory,
  FactorProof__factory,
  GridRegistrySuccessor__factory,
  GeneralCertificate__factory,
  MeterKeys__factory,
  Metering__factory,
  ProjectionLedger__factory,
  ProjectionModel__factory,
  SlotLedger__factory,
  Suspects__factory,
  VersionProof__factory,
} from "../../typechain-types/index.js";

/** `VersionProof.Flaw`, by number. */
const FLAWS = [
  "Padding",
  "Root",
  "BusNumber",
  "LineNumber",
  "Parent",
  "Susceptance",
  "Unmetered",
  "Row",
  "Loop",
  "Endpoint",
  "Entry",
  "Range",
  "Angle",
  "Sign",
  "Strength",
  "Free",
];

/** `GeneralCertificate.TreeFlaw`, by number. */
const TREE_FLAWS = ["Edge", "Unmetered", "Bus", "Cycle"];

/** The words for numbers of an enumeration, by the name of the argument. */
const WORDS: Readonly<Record<string, readonly string[]>> = { flaw: FLAWS, treeFlaw: TREE_FLAWS };

/** Arguments that are Unix times, in seconds. */
const TIMES = new Set([
  "time",
  "opensAt",
  "cutOff",
  "until",
  "vetoUntil",
  "validUntil",
  "votingEnds",
  "graceEnd",
  "executableFrom",
  "executableUntil",
  "from",
  "end",
  "start",
]);

/** All errors that the contracts can revert with. */
const errors = new Interface(
  [
    // What takes over from another has all errors of what it takes over from.
    ConsortiumSuccessor__factory,
    Governance__factory,
    GridRegistrySuccessor__factory,
    FactorProof__factory,
    SlotLedger__factory,
    Suspects__factory,
    MeterKeys__factory,
    Metering__factory,
    FinalityOverlay__factory,
    VersionProof__factory,
    CodeStore__factory,
    GeneralCertificate__factory,
    ProjectionModel__factory,
    ProjectionLedger__factory,
  ].flatMap(({ abi }) => abi.filter(({ type }) => type === "error")),
);

/** A contract's refusal: the error's name and its arguments by name. */
export interface RevertReason {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** `Name(argument = value, …)`; what is a time, in UTC beside the number. */
  readonly message: string;
}

/**
 * Why a contract refused, in its own words; undefined if `error` is something else (a node that is down, a bug).
 * Works on what ethers throws and on anything that carries the revert data somewhere inside.
 */
export function revertReason(error: unknown): RevertReason | undefined {
  const data = revertData(error);
  if (data === undefined) return undefined;
  const parsed = errors.parseError(data);
  if (parsed === null) {
    return {
      name: "Unknown",
      arguments: { data },
      message: `an error that no contract of ours declares: ${data}`,
    };
  }
  const entries = parsed.fragment.inputs.map((input, i): [string, string] => {
    const value = String(parsed.args[i]);
    return [input.name, WORDS[input.name]?.[Number(value)] ?? value];
  });
  return {
    name: parsed.name,
    arguments: Object.fromEntries(entries),
    message: `${parsed.name}(${entries.map(([name, value]) => `${name} = ${value}${inUtc(name, value)}`).join(", ")})`,
  };
}

/** A time for people, as ` (2026-01-31T12:00:00Z)`; nothing for what is none, or none of this century. */
function inUtc(name: string, value: string): string {
  const seconds = Number(value);
  if (!TIMES.has(name) || !(seconds > 1e9 && seconds < 4e9)) return "";
  return ` (${new Date(seconds * 1_000).toISOString().replace(".000Z", "Z")})`;
}

function revertData(error: unknown): string | undefined {
  if (isCallException(error) && typeof error.data === "string" && error.data.length >= 10) return error.data;
  let at: unknown = error;
  for (let depth = 0; depth < 6 && typeof at === "object" && at !== null; depth++) {
    const { data } = at as { data?: unknown };
    if (typeof data === "string" && /^0x[0-9a-f]{8}/i.test(data)) return data;
    if (typeof data === "object" && data !== null) {
      const inner = (data as { data?: unknown }).data;
      if (typeof inner === "string" && /^0x[0-9a-f]{8}/i.test(inner)) return inner;
    }
    const {
      cause,
      error: inner,
      info,
    } = at as { cause?: unknown; error?: unknown; info?: { error?: unknown } };
    at = cause ?? inner ?? info?.error;
  }
  return undefined;
}

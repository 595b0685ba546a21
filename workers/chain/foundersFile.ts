import { readFileSync } from "node:fs";
import { isAddress } from "ethers";
import { z } from "zod";
import { normalQuantile } from "../estimation/normalQuantile.js";
import { messageOf } from "../errors/messageOf.js";
import { anomalyPenaltyOf } from "./anomalyPenalty.js";
import { ChainDataError } from "./errors.js";
import { parseFraction } from "./fraction.js";

/** How a consortium is founded: the parameters of `ignition/modules/GridProof.ts`. */
export interface Founding {
  readonly founders: readonly { readonly name: string; readonly account: string }[];
  /** Credits of each founder. */
  readonly deposit: bigint;
  readonly vetoSeconds: number;
  readonly clock: {
    /** Unix seconds; undefined: the time of the latest block. */
    readonly genesis: number | undefined;
    readonly slotSeconds: number;
    readonly cutOffSlots: number;
    readonly expirySlots: number;
    readonly commitSlots: number;
  };
  readonly terms: {
    readonly reward: bigint;
    readonly missingPenalty: bigint;
    readonly anomalyPenalty: bigint;
    readonly normalQuantileQ32: bigint;
    readonly penaliseIncomplete: boolean;
  };
  readonly voting: VotingRules;
}

/** How votes are held: the rules of `IGovernance.sol`. */
export interface VotingRules {
  readonly supermajorityNumerator: number;
  readonly supermajorityDenominator: number;
  readonly votingSeconds: number;
  readonly delaySeconds: number;
  readonly executionSeconds: number;
  /** Blocks. */
  readonly confirmationDepth: number;
}

/** The anomaly penalty A where nobody says another, credits. */
const USUAL_PENALTY = 20_000n;

const whole = z.number().int().nonnegative();
/** Credits, below 2^64 as on the chain: a number, or a string of digits where that is too small. */
const credits = z
  .union([z.number().int().nonnegative().safe(), z.string().regex(/^\d+$/, "expected whole credits")])
  .transform(BigInt)
  .refine((amount) => amount < 2n ** 64n, "expected less than 2^64 credits");
const count = whole.max(65_535);

const schema = z
  .object({
    founders: z
      .array(
        z
          .object({
            name: z.string().trim().min(1),
            account: z.string().refine((text) => isAddress(text), "expected an address"),
          })
          .strict(),
      )
      .min(1),
    deposit: credits.default("1000000000000"),
    vetoSeconds: whole.default(3_600),
    clock: z
      .object({
        genesis: whole.optional(),
        slotSeconds: whole.positive().default(300),
        cutOffSlots: count.default(2),
        expirySlots: count.positive().default(288),
        commitSlots: whole.max(127).default(0),
      })
      .strict()
      .default({}),
    terms: z
      .object({
        reward: credits.default(10_000),
        missingPenalty: credits.default(90_000),
        anomalyPenalty: credits.optional(),
        falseAlarmRate: z.number().positive().max(0.5).default(0.01),
        penaliseIncomplete: z.boolean().default(false),
      })
      .strict()
      .default({}),
    voting: z
      .object({
        supermajority: z.string().default("2/3"),
        votingSeconds: whole.default(259_200),
        delaySeconds: whole.default(86_400),
        executionSeconds: whole.default(604_800),
        confirmationDepth: whole.default(12),
      })
      .strict()
      .default({}),
  })
  .strict();

/**
 * Reads how a consortium is founded from a JSON file. Only `founders` is needed, if nobody else says who they are:
 *
 * ```json
 * {
 *   "founders": [{ "name": "TSO North", "account": "0x…" }],
 *   "deposit": "1000000000000",
 *   "vetoSeconds": 3600,
 *   "clock": { "genesis": 1767225600, "slotSeconds": 300, "cutOffSlots": 2, "expirySlots": 288, "commitSlots": 0 },
 *   "terms": {
 *     "reward": 10000, "missingPenalty": 90000, "anomalyPenalty": 20000, "falseAlarmRate": 0.01, "penaliseIncomplete": false
 *   },
 *   "voting": {
 *     "supermajority": "2/3", "votingSeconds": 259200, "delaySeconds": 86400, "executionSeconds": 604800,
 *     "confirmationDepth": 12
 *   }
 * }
 * ```
 *
 * Those are the defaults, but for `genesis`, the time of the latest block, and `anomalyPenalty`, 20,000 or the largest
 * under which withholding does not pay, (reward + missingPenalty) / (founders - 1), if that is less.
 *
 * @param others Says who founds, if the file does not.
 * @throws ChainDataError naming every field that is wrong.
 */
export function readFoundersFile(path: string, others?: () => Founding["founders"]): Founding {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ChainDataError(`${path}: ${messageOf(error)}`);
  }
  if (others === undefined || typeof json !== "object" || json === null || "founders" in json)
    return parseFounding(json, path);
  return parseFounding({ ...json, founders: others() }, path);
}

/** As `readFoundersFile`, of what was read. */
export function parseFounding(json: unknown, label: string): Founding {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "(root)"}: ${message}`,
    );
    throw new ChainDataError(`${label}: ${issues.join("; ")}`);
  }
  const { founders, deposit, vetoSeconds, clock, terms, voting } = parsed.data;
  const { supermajority, ...votingTimes } = voting;
  const { numerator, denominator } = parseFraction(supermajority, `${label}: voting.supermajority`);
  const names = founders.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  // Metering plans name owners.
  if (twice !== undefined) throw new ChainDataError(`${label}: two founders have the name ${twice}`);
  return {
    founders,
    deposit,
    vetoSeconds,
    clock: { ...clock, genesis: clock.genesis },
    terms: {
      reward: terms.reward,
      missingPenalty: terms.missingPenalty,
      anomalyPenalty:
        terms.anomalyPenalty ??
        anomalyPenaltyOf(USUAL_PENALTY, terms.reward + terms.missingPenalty, founders.length),
      normalQuantileQ32: BigInt(Math.round(normalQuantile(terms.falseAlarmRate) * 2 ** 32)),
      penaliseIncomplete: terms.penaliseIncomplete,
    },
    voting: {
      supermajorityNumerator: numerator,
      supermajorityDenominator: denominator,
      ...votingTimes,
    },
  };
}

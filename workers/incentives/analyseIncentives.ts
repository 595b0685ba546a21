import { chiSquareThreshold } from "../estimation/chiSquareThreshold.js";
import { allCoalitions } from "./allCoalitions.js";
import { coalitionGain } from "./coalitionGain.js";
import { type CoalitionFigures, describeCoalition } from "./describeCoalition.js";
import { type Deviation, deviations } from "./deviations.js";
import { type GainPoint, gainCurves } from "./gainCurves.js";
import { type OperatorGain, operatorGains } from "./operatorGains.js";
import { type SecurityFigures, securityFigures } from "./securityFigures.js";
import { type SimulatedSlots, simulateSlots } from "./simulateSlots.js";
import type { CreditTerms, IncentiveModel } from "./types.js";
import { type Withholding, type WithholdingInput, withholding } from "./withholding.js";
import { type WithholdingBounds, withholdingBounds } from "./withholdingBounds.js";

/** What is analysed, and under which assumptions. */
export interface AnalysisInput {
  readonly model: IncentiveModel;
  /** Numbers of the reference buses. */
  readonly references: readonly number[];
  readonly terms: CreditTerms;
  /** α. */
  readonly falseAlarm: number;
  /** ε, of every meter. */
  readonly epsilon: number;
  readonly sensitiveBuses: readonly number[];
  readonly chain: WithholdingInput;
  /** Slots that are played beside the formulas; 0 for none. */
  readonly slots: number;
  readonly seed: number;
  readonly onProgress?: (what: "deviations" | "coalitions", done: number, of: number) => void;
}

/** All that operators need to know of their incentives. */
export interface IncentiveAnalysis {
  readonly operators: readonly (OperatorGain & {
    /** Mean change of credits in played slots, and its standard error; null where none were. */
    readonly simulatedGain: number | null;
    readonly standardError: number | null;
  })[];
  readonly coalitions: readonly CoalitionFigures[];
  readonly withholding: Withholding;
  readonly security: readonly SecurityFigures[];
  /** When withholding and blocking pay, by size of a coalition. */
  readonly bounds: readonly WithholdingBounds[];
  /** What departing from the protocol alone brings, in played slots. */
  readonly deviations: readonly (Deviation & { readonly operator: string })[];
  /** Expected gains against ε. */
  readonly curves: readonly GainPoint[];
  readonly epsilon: number;
  readonly falseAlarm: number;
  readonly terms: CreditTerms;
  readonly sensitiveBuses: readonly number[];
  readonly slots: number;
  readonly seed: number;
}

/**
 * The analysis of incentives as a whole (paper 003, sections 4.2 and 6.1, Appendices D and E).
 *
 * @throws NotObservableError when the meters do not determine the grid; IncentiveArgumentError on buses that there
 *   are not.
 */
export function analyseIncentives(input: AnalysisInput): IncentiveAnalysis {
  const { model, references, terms, falseAlarm, epsilon, sensitiveBuses, slots, seed, onProgress } = input;
  const { operators: names } = model;
  const offline = model.meterNames.map(() => epsilon);
  const { operators } = operatorGains(model, offline, terms, falseAlarm);
  const coalitions = allCoalitions(names.length);
  const security = securityFigures(model, sensitiveBuses, references);
  const simulation = {
    model,
    offline,
    terms,
    threshold: (freedom: number): number => chiSquareThreshold(freedom, falseAlarm),
    slots,
    seed,
  };
  const played: SimulatedSlots | undefined = slots === 0 ? undefined : simulateSlots(simulation);
  const found = slots === 0 ? [] : deviations(simulation, (done, of) => onProgress?.("deviations", done, of));
  return {
    operators: operators.map((operator, seat) => ({
      ...operator,
      simulatedGain: played?.mean[seat] ?? null,
      standardError: played?.standardError[seat] ?? null,
    })),
    coalitions: coalitions.map((members, i) => {
      const gain = coalitionGain(model, members, Number(terms.anomalyPenalty));
      onProgress?.("coalitions", i + 1, coalitions.length);
      return describeCoalition(model, gain);
    }),
    withholding: withholding(input.chain),
    security,
    bounds: withholdingBounds(terms, names.length),
    deviations: found.map((deviation) => ({ ...deviation, operator: names[deviation.seat]!.name })),
    curves: gainCurves(model, terms, falseAlarm),
    epsilon,
    falseAlarm,
    terms,
    sensitiveBuses,
    slots,
    seed,
  };
}

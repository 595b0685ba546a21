import { type Analysis, analyze } from "../estimation/analysis.js";
import { NotObservableError } from "../estimation/errors.js";
import { observability } from "../estimation/observability.js";
import type { LinearModel } from "../estimation/types.js";

/** Kept as long as their models: thousands of coalitions are asked about on one model. */
const analyses = new WeakMap<LinearModel, Analysis>();

/**
 * The analysis of a model whose rows determine every state.
 *
 * @throws NotObservableError when they do not.
 */
export function observableAnalysis(model: LinearModel): Analysis {
  const known = analyses.get(model);
  if (known !== undefined) return known;
  const analysis = analyze(model.h);
  const { observable, unobservableStates } = observability(analysis);
  if (!observable) throw new NotObservableError(unobservableStates);
  analyses.set(model, analysis);
  return analysis;
}

import { chiSquareThreshold } from "../estimation/chiSquareThreshold.js";
import type { LinearModel } from "../estimation/types.js";

/** An attack is made so large that J is this many times τ at a false alarm rate of 1 %. */
const ALARMS = 10;
const FALSE_ALARM = 0.01;

/** The factor that gives a distortion a size at which the alarm is sure. @param objective J of the distortion alone. */
export function alarmScale({ h }: LinearModel, objective: number): number {
  return Math.sqrt((ALARMS * chiSquareThreshold(h.rows - h.columns, FALSE_ALARM)) / objective);
}

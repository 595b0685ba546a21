import { z } from "zod";
import { readJson } from "../grid/readJson.js";

const cost = z.number().finite().nonnegative();

const scenario = z
  .object({
    name: z.string().min(1),
    /** How often it is expected in a year. */
    timesPerYear: z.number().finite().nonnegative(),
    /** Whether the operator's own meters show it. */
    detectableAlone: z.boolean(),
    /** Whether the meters of all operators together do. */
    detectableTogether: z.boolean(),
    /** Expected cost of one, in `currency`, if it is detected, and if it is not. */
    costDetected: cost,
    costUndetected: cost,
  })
  .strict();

const schema = z
  .object({
    /** What the file is about; shown with the result. */
    description: z.string().default(""),
    /** Whose decision it is: an operator's name. */
    operator: z.string().min(1),
    currency: z.string().min(1),
    /** What a credit costs the operator to buy, in `currency`. */
    creditPrice: cost,
    slotSeconds: z.number().finite().positive(),
    /** Its expected change of credits in a slot; computed from the case if left out. */
    creditChangePerSlot: z.number().finite().optional(),
    scenarios: z.array(scenario).min(1),
  })
  .strict();

/** What an operator expects of attacks with and without the others' data (paper 003, section 6.1). */
export type JoinScenarios = z.infer<typeof schema>;
/** One way in which it may be attacked. */
export type AttackScenario = JoinScenarios["scenarios"][number];

/**
 * Reads a file of scenarios: JSON, as `docs/incentives.md` describes it.
 *
 * @param file Its name, for errors.
 * @throws GridFileError with the line of what is wrong.
 */
export function readScenarios(text: string, file: string): JoinScenarios {
  return readJson(text, file, schema).value;
}

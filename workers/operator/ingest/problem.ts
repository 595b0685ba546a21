import type { Problem, ProblemCode } from "./types.js";

/** An outcome that is a problem. */
export function problem(code: ProblemCode, message: string): { readonly problem: Problem } {
  return { problem: { code, message } };
}

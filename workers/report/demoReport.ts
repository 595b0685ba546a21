import type { DemoResult } from "../demo/types.js";

export function demoReport(result: DemoResult): string {
  return String(result.seed);
}

import type { Check, DemoGrid, SlotEvent, SlotOutcome } from "./types.js";

/** J of ledger and worker agree to the over-statement that the ledger allows, 10⁻⁶ τ, twice over for rounding. */
const AGREES = 2e-6;

/** Everything that the demo claims of its slots, and whether it is so. */
export function checkDemo(demoGrid: DemoGrid, depositTotal: bigint, slots: readonly SlotOutcome[]): Check[] {
  const checks: Check[] = [
    {
      claim: "the credits add up to the deposits after every slot",
      held: slots.every(
        ({ credits, totalCredits }) =>
          totalCredits === depositTotal && credits.reduce((sum, some) => sum + some, 0n) === depositTotal,
      ),
    },
    {
      claim: "every objective of the ledger is the worker's own",
      held: slots
        .filter(({ complete }) => complete)
        .every(
          ({ objective, workerObjective, threshold }) =>
            Math.abs(objective! - workerObjective!) <= AGREES * threshold!,
        ),
    },
  ];
  const of = (event: SlotEvent): SlotOutcome | undefined => slots.find((slot) => slot.event === event);
  const silent = of("silent");
  if (silent !== undefined) {
    checks.push({
      claim: "the slot with silent meters was closed incomplete",
      held: !silent.complete && silent.gaps.length > 0,
    });
  }
  const falsified = of("falsified");
  if (falsified?.falsification !== undefined) {
    const { meter, identifiable } = falsified.falsification;
    const id = demoGrid.meters[meter]!.id;
    if (identifiable) {
      checks.push(
        {
          claim: `the false value of ${id} drove J above τ`,
          held: falsified.objective! > falsified.threshold!,
        },
        {
          claim: `the largest normalised residual is that of ${id}`,
          held: falsified.suspects[0]?.meter === meter,
        },
      );
    }
  }
  const wrong = of("wrongEstimate");
  if (wrong !== undefined) {
    checks.push({
      claim: "the wrong estimate was refused, and an honest one settled the slot",
      held:
        wrong.complete &&
        wrong.refusals.length > 0 &&
        wrong.refusals.every(({ error }) => error === "SlotLedgerOverStated"),
    });
  }
  return checks;
}

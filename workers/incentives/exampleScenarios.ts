import type { JoinScenarios } from "./scenarios.js";

/** An invented example, to be replaced: frequencies and costs are ours, and stand for no real operator. */
export const exampleScenarios: JoinScenarios = {
  description: "Invented example: frequencies and costs are made up",
  operator: "Operator 4",
  currency: "EUR",
  creditPrice: 1e-6,
  slotSeconds: 60,
  scenarios: [
    {
      name: "one substation's meters are falsified",
      timesPerYear: 0.5,
      detectableAlone: true,
      detectableTogether: true,
      costDetected: 20_000,
      costUndetected: 400_000,
    },
    {
      name: "all meters of the operator are falsified, a blackout follows",
      timesPerYear: 0.02,
      detectableAlone: false,
      detectableTogether: true,
      costDetected: 200_000,
      costUndetected: 30_000_000,
    },
    {
      name: "flows at the border are falsified to overload a tie line",
      timesPerYear: 0.1,
      detectableAlone: false,
      detectableTogether: true,
      costDetected: 50_000,
      costUndetected: 2_000_000,
    },
    {
      name: "all operators are falsified at once, consistently",
      timesPerYear: 0.001,
      detectableAlone: false,
      detectableTogether: false,
      costDetected: 500_000,
      costUndetected: 80_000_000,
    },
  ],
};

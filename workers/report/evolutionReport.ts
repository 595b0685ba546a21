import type { CreditEvolution, LossPoint } from "../incentives/evolveCredits.js";
import { type Section, figure, htmlPage, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { evolutionTable } from "./incentiveTables.js";
import { type Curve, linePlot } from "./linePlot.js";
import { grouped } from "./number.js";

const BILLION = 1e9;

/** What the values of the example are. */
export const valuesNote =
  "The text of the paper has lost its values. These are ours, chosen to give what it says: four TSOs with 33, 30, 28 " +
  "and 9 % of the meters by line length, a threshold of 1 %, and a deposit that the smallest loses in about 10⁶ slots.";

/** Appendix C as a page: both figures and the credits over slots. */
export function evolutionReport(evolution: CreditEvolution): string {
  const { example, operators } = evolution;
  const { columns, rows } = evolutionTable(evolution);
  const terms =
    `R = ${grouped(example.terms.reward)}, Q = ${grouped(example.terms.missingPenalty)}, ε = ${percent(example.epsilon)}, ` +
    `D = ${grouped(example.deposit)} credits, slots of ${example.slotSeconds} s.`;
  const sections: Section[] = [
    { heading: "Operators", body: paragraphs([valuesNote, terms]) + htmlTable(columns, rows) },
    ...evolutionSections(evolution),
  ];
  return htmlPage(
    "The evolution of credits",
    `<p class="lead">${operators.length} operators whose meters differ in number alone (Appendix C of the paper).</p>`,
    sections,
    "",
  );
}

/** The three plots, each under its heading. */
function evolutionSections(evolution: CreditEvolution): Section[] {
  const { example, operators, threshold, smallestGainsAbove, all, varied, played } = evolution;
  const curves = (points: readonly LossPoint[]): Curve[] =>
    operators.map(({ name }, i) => ({
      name,
      line: points.map(({ epsilon, expected }) => [epsilon, expected[i]!] as const),
      dots: points.flatMap(({ epsilon, simulated }) =>
        simulated === undefined ? [] : [[epsilon, simulated[i]!] as const],
      ),
    }));
  const single: Curve = {
    name: "TSO 1, single meter",
    line: varied.map(({ epsilon, singleMeter }) => [epsilon, singleMeter] as const),
    dashed: true,
    colour: 0,
  };
  const marks = [
    { name: "a single meter is better", x: evolution.singleMeterAbove },
    ...(smallestGainsAbove === undefined ? [] : [{ name: "the smallest gains", x: smallestGainsAbove }]),
  ];
  const smallest = operators.at(-1)!.name;
  return [
    {
      heading: "Losses against ε, the same for all (figure 7a)",
      body: figure(
        linePlot(
          curves(all),
          {
            x: "ε, probability that a meter is offline",
            y: "credits lost a slot",
            label: "Losses of each operator against the probability that a meter is offline",
            tick: percent,
          },
          [{ name: "R/(R+Q)", x: threshold }],
        ),
        `Lines: expected; dots: played. Beyond ε = ${percent(threshold)} meters are a liability, and ${smallest} alone gains.`,
      ),
    },
    {
      heading: "Losses against ε of TSO 1 (figure 7b)",
      body: figure(
        linePlot(
          [...curves(varied), single],
          {
            x: `ε of TSO 1; that of the others is ${percent(example.epsilon)}`,
            y: "credits lost a slot",
            label: "Losses of each operator against the probability that a meter of TSO 1 is offline",
            tick: percent,
          },
          marks,
        ),
        "Lines: expected; dots: played; dashed: TSO 1 if it registers a single meter.",
      ),
    },
    {
      heading: "Credits over slots",
      body: figure(
        linePlot(
          operators.map(({ name, gain }, i) => ({
            name,
            line: played.points.map(
              ({ slot }) => [slot, Math.max(Number(example.deposit) + gain * slot, 0) / BILLION] as const,
            ),
            dots: played.points
              .filter((_, point) => point % 5 === 0 || point === played.points.length - 1)
              .map(({ slot, credits }) => [slot, Number(credits[i]!) / BILLION] as const),
          })),
          {
            x: "slot",
            y: "billions of credits",
            label: "Credits of each operator over slots",
            tick: grouped,
          },
        ),
        played.expelled === undefined
          ? `Lines: expected; dots: played, ${grouped(played.slots)} slots. Nobody ran out of credits.`
          : `Lines: expected; dots: played. ${operators[played.expelled]!.name} had none left after ${grouped(played.slots)} slots.`,
      ),
    },
  ];
}

function percent(value: number): string {
  return `${Number((100 * value).toPrecision(4))} %`;
}

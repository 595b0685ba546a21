/** Colours of the page, as names that the style sheet defines for light and for dark. */
const page = { ink: "--ink", soft: "--soft", rule: "--rule", paper: "--paper" } as const;

/**
 * The page's colours for plots: stand-ins that no other colour is written as, because the plot library takes only
 * colours. `themed` puts the style sheet's names in their place.
 */
export const plotColours = {
  ink: "#010203",
  soft: "#010204",
  rule: "#010205",
  paper: "#010206",
} as const satisfies Record<keyof typeof page, string>;

/** What is wrong. Legible on light and dark. */
export const alarmColour = "#d9443c";

/** Categories, legible on light and dark. */
const categories = [
  "#3f80d6",
  "#e08b20",
  "#2f9f70",
  "#a765b8",
  "#22a0b6",
  "#c2607f",
  "#8a9a2b",
  "#7a7f8c",
] as const;

/** The colour of a category: the first eight by hand, then by the golden angle. */
export function categoryColour(index: number): string {
  return categories[index] ?? `hsl(${Math.round((index * 137.508) % 360)} 50% 52%)`;
}

/** A plot that takes the page's colours, light or dark. */
export function themed(svg: string): string {
  let text = svg;
  for (const name of Object.keys(page) as (keyof typeof page)[]) {
    text = text.replaceAll(plotColours[name], `var(${page[name]})`);
  }
  return text;
}

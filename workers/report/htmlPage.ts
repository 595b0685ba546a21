import { escapeHtml } from "./html.js";

/** A part of a page under its own heading. */
export interface Section {
  readonly heading: string;
  /** HTML. */
  readonly body: string;
}

const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfbfa, #16181b);
  --ink: light-dark(#1c1f23, #e6e7e8);
  --soft: light-dark(#646b74, #9aa1aa);
  --rule: light-dark(#e3e4e3, #2d3136);
  --alarm: light-dark(#c2322b, #ee6a62);
  --fine: light-dark(#23825a, #4fc08d);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 3rem 1.5rem 5rem; max-width: 68rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 .4rem; }
h2 { font-size: 1.2rem; letter-spacing: -0.005em; margin: 3rem 0 .75rem; padding-top: 1.2rem; border-top: 1px solid var(--rule); }
p, ul { max-width: 46rem; margin: 0 0 .8rem; }
.lead, figcaption, .note, footer { color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2.2rem; margin: 1.6rem 0 0; padding: 0; max-width: none; list-style: none; }
.facts b { display: block; font-size: 1.45rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
.facts span { color: var(--soft); font-size: .85rem; }
.checks { padding: 0; list-style: none; }
.checks li::before { content: "✓"; color: var(--fine); font-weight: 700; display: inline-block; width: 1.5rem; }
.checks li.failed::before { content: "✗"; color: var(--alarm); }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .32rem 1.4rem .32rem 0; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--ink); }
td { border-bottom: 1px solid var(--rule); }
.number { text-align: right; }
th.number:last-child, td.number:last-child { padding-right: 0; }
td.alarm { color: var(--alarm); font-weight: 600; }
td.soft { color: var(--soft); }
figure { margin: 1.4rem 0 2rem; }
figcaption, .note, footer { font-size: .88rem; max-width: 46rem; }
.plot { display: block; width: 100%; height: auto; }
.map text { font-size: 15px; font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .2rem 0 .6rem; padding: 0; max-width: none; list-style: none; font-size: .88rem; }
.key i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .4rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
`;

/** A whole page in one file, which refers to nothing outside itself. `lead` and `footer` are HTML. */
export function htmlPage(title: string, lead: string, sections: readonly Section[], footer: string): string {
  const body = sections.map(
    ({ heading, body: content }) => `<section>\n<h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${lead}
</header>
${body.join("\n")}
<footer>${footer}</footer>
</body>
</html>
`;
}

/** A plot with words under it. `svg` is trusted, `caption` is text. */
export function figure(svg: string, caption: string): string {
  return `<figure>\n${svg}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

/** Paragraphs of text. */
export function paragraphs(texts: readonly string[]): string {
  return texts.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n");
}

/** What the colours of a plot mean. */
export function colourKey(entries: readonly { readonly name: string; readonly colour: string }[]): string {
  const items = entries.map(
    ({ name, colour }) => `<li><i style="background:${colour}"></i>${escapeHtml(name)}</li>`,
  );
  return `<ul class="key">${items.join("")}</ul>`;
}

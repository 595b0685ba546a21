import { eventNames } from "../demo/demoTables.js";
import { demoTerms } from "../demo/demoTerms.js";
import { describeDemo } from "../demo/describeDemo.js";
import type { DemoResult, SlotOutcome } from "../demo/types.js";
import { change, megawatts, meterWords } from "../demo/words.js";
import { creditsPlot } from "./creditsPlot.js";
import { gasPlot } from "./gasPlot.js";
import { gridMap } from "./gridMap.js";
import { escapeHtml } from "./html.js";
import { type Section, colourKey, figure, htmlPage, paragraphs } from "./htmlPage.js";
import { type HtmlCell, htmlTable } from "./htmlTable.js";
import { grouped } from "./number.js";
import { objectivePlot } from "./objectivePlot.js";
import { categoryColour } from "./palette.js";
import { MOST_POINTS, residualPlot } from "./residualPlot.js";
import { type Column, right } from "./table.js";

/** Operators that get a column of their own in the table of credits. */
const MOST_COLUMNS = 8;

/** The report of a demo: one HTML file with tables and plots, which refers to nothing outside itself. */
export function demoReport(result: DemoResult): string {
  const { demoGrid, operators } = result;
  const { grid, meters, gridCase } = demoGrid;
  const facts = [
    [operators.length, "operators"],
    [grid.buses.length, "buses"],
    [grid.lines.length, "lines"],
    [meters.length, "grid meters"],
    [result.slots.length, "slots"],
  ] as const;
  const lead = [
    '<p class="lead">Grid operators share measurements on a chain; every number that moved credits was checked by a contract.</p>',
    `<ul class="facts">${facts.map(([value, what]) => `<li><b>${grouped(value)}</b><span>${what}</span></li>`).join("")}</ul>`,
  ].join("\n");
  const falsified = result.slots.find(({ falsification }) => falsification !== undefined);
  const sections: Section[] = [
    { heading: "What happened", body: `${paragraphs(describeDemo(result))}\n${checks(result)}` },
    { heading: "Slots", body: slotSection(result) },
    { heading: "The grid", body: mapSection(result) },
    ...(falsified === undefined
      ? []
      : [
          {
            heading: `Residuals of slot ${falsified.slot}, with a falsified meter`,
            body: residualSection(result, falsified),
          },
        ]),
    { heading: "Credits", body: creditSection(result) },
    { heading: "Gas", body: gasSection(result) },
  ];
  const source = [
    gridCase.source === "" ? "" : `Case: ${gridCase.source}`,
    gridCase.licence === "" ? "" : `Licence of the case: ${gridCase.licence}`,
    termsWords(result),
  ];
  return htmlPage(
    `Data sharing on ${grid.name}`,
    lead,
    sections,
    source
      .filter((text) => text !== "")
      .map((text) => `<p>${escapeHtml(text)}</p>`)
      .join(""),
  );
}

function checks({ checks: claims }: DemoResult): string {
  const items = claims.map(
    ({ claim, held }) => `<li${held ? "" : ' class="failed"'}>${escapeHtml(claim)}</li>`,
  );
  return `<ul class="checks">${items.join("")}</ul>`;
}

function slotSection({ demoGrid, slots }: DemoResult): string {
  const columns: Column[] = [
    right("slot"),
    { head: "event" },
    right("missing"),
    right("J"),
    right("τ"),
    { head: "suspect" },
    right("gas, uploads"),
    right("gas, settlement"),
    right("gas per meter"),
  ];
  const rows = slots.map((slot): (string | HtmlCell)[] => {
    const { objective, threshold, complete } = slot;
    const suspect = slot.suspects[0];
    const alarm = objective !== undefined && threshold !== undefined && objective > threshold;
    const estimated = (value: number | undefined): HtmlCell => ({
      text: value === undefined ? "–" : value.toFixed(1),
      ...(complete ? {} : { mark: "soft" as const }),
    });
    return [
      String(slot.slot),
      slot.event === undefined ? "" : eventNames[slot.event],
      String(slot.gaps.length),
      alarm ? { text: objective.toFixed(1), mark: "alarm" } : estimated(objective),
      estimated(threshold),
      suspect === undefined
        ? ""
        : {
            text: `${demoGrid.meters[suspect.meter]!.id} (${suspect.normalisedResidual.toFixed(1)})`,
            mark: "alarm",
          },
      grouped(slot.uploadGas),
      grouped(slot.settleGas),
      grouped(Math.round(perMeter(slot.uploadGas + slot.settleGas, demoGrid.meters.length))),
    ];
  });
  const plot = objectivePlot(
    slots.map((slot) => ({
      slot: String(slot.slot),
      objective: slot.objective,
      threshold: slot.threshold,
      advisory: !slot.complete,
    })),
  );
  const caption =
    "The objective J of every slot, the sum of weighted squared residuals, against the threshold τ that raises the alarm. " +
    "Pale: closed incomplete, J from the meters that reported, as advice.";
  return htmlTable(columns, rows) + figure(plot, caption);
}

function mapSection({ demoGrid, operators, slots }: DemoResult): string {
  const { grid, partition, meters } = demoGrid;
  const marked = slots.flatMap(({ falsification, gaps }) => [
    ...gaps.map(({ meter }) => ({ meter: meters[meter]!, mark: "silent" as const })),
    ...(falsification === undefined ? [] : [{ meter: meters[falsification.meter]!, mark: "alarm" as const }]),
  ]);
  const map = gridMap(grid, partition.partOfBus, marked);
  const key = colourKey(operators.map(({ name }, i) => ({ name, colour: categoryColour(i) })));
  if (map === undefined) return key + paragraphs(["The grid is too large to be drawn here."]);
  const caption =
    `Buses and lines in the colours of their operators, dashed where a line joins two (${partition.tieLines.length}). ` +
    "Red: the falsified meter; outlined: the silent ones. A drawing by the number of lines between buses, not geography.";
  return key + figure(map, caption);
}

function residualSection(result: DemoResult, slot: SlotOutcome): string {
  const { demoGrid, operators } = result;
  const { meters } = demoGrid;
  const seat = new Map(operators.map(({ name }, i) => [name, i]));
  const plot = residualPlot(
    meters.map(({ id, owner }, meter) => ({
      id,
      operator: seat.get(owner) ?? 0,
      value: slot.normalisedResiduals[meter]!,
    })),
  );
  const drawn = meters.length > MOST_POINTS ? `The ${grouped(MOST_POINTS)} largest are drawn. ` : "";
  const caption =
    "Each meter's residual in units of its own standard deviation, in the colour of its operator: honest noise rarely " +
    `passes 3. The meters around a falsified one are drawn along with it. ${drawn}`;
  const rows = slot.suspects.map(({ meter, normalisedResidual, errorKw }) => [
    meterWords(meters[meter]!),
    meters[meter]!.owner,
    normalisedResidual.toFixed(1),
    megawatts(errorKw, true),
  ]);
  const table = htmlTable(
    [
      { head: "suspect" },
      { head: "owner" },
      right("normalised residual"),
      right("error, if it alone is wrong"),
    ],
    rows,
  );
  return figure(plot, caption.trim()) + (rows.length === 0 ? "" : table);
}

function creditSection({ operators, slots, startCredits }: DemoResult): string {
  const plot = creditsPlot(
    operators.map(({ name }, seat) => ({
      name,
      gained: [0, ...slots.map(({ credits }) => Number(credits[seat]! - startCredits[seat]!))],
    })),
    slots.map(({ slot }) => String(slot)),
  );
  const caption =
    "What each operator has gained or lost since its deposit. The lines add up to zero after every slot.";
  return figure(plot, caption) + creditTable({ operators, slots, startCredits });
}

function creditTable({
  operators,
  slots,
  startCredits,
}: Pick<DemoResult, "operators" | "slots" | "startCredits">): string {
  const last = slots.at(-1)?.credits ?? startCredits;
  if (operators.length > MOST_COLUMNS) {
    const rows = operators.map(({ name, address }, seat) => [
      name,
      address,
      grouped(startCredits[seat]!),
      change(last[seat]! - startCredits[seat]!),
      grouped(last[seat]!),
    ]);
    return htmlTable(
      [{ head: "operator" }, { head: "address" }, right("deposit"), right("moved"), right("at the end")],
      rows,
    );
  }
  const rows = [
    ["deposit", ...startCredits.map((credits) => grouped(credits))],
    ...slots.map(({ slot, moved }) => [`slot ${slot}`, ...moved.map((credits) => change(credits))]),
    ["at the end", ...last.map((credits) => grouped(credits))],
  ];
  return htmlTable([{ head: "" }, ...operators.map(({ name }) => right(name))], rows);
}

function gasSection({ demoGrid, slots, versionGas }: DemoResult): string {
  const count = demoGrid.meters.length;
  const plot = gasPlot(
    slots.map(({ slot, uploadGas, settleGas }) => ({
      slot: String(slot),
      upload: perMeter(uploadGas, count),
      settle: perMeter(settleGas, count),
    })),
  );
  const caption =
    "Gas of each slot's uploads and settlement for each meter. An alarm costs more: the residuals are split by owner. " +
    "The demo writes new words of the ledger's ring; once the ring goes round, an upload costs 17,100 less. " +
    `Registering and proving the grid version took ${grouped(versionGas)} gas, once.`;
  return figure(plot, caption);
}

function termsWords({ operators, falseAlarm, seed }: DemoResult): string {
  const { terms } = demoTerms(operators.length);
  return (
    `Terms: ${grouped(terms.reward)} credits for a reported value, ${grouped(terms.missingPenalty)} for a missing one, ` +
    `up to ${grouped(terms.anomalyPenalty)} for an anomaly; false alarm rate α = ${falseAlarm * 100} %. Seed ${seed}.`
  );
}

function perMeter(gas: bigint, meters: number): number {
  return Number(gas) / meters;
}

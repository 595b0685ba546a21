import { createHash } from "node:crypto";
import type { Interval } from "../store/intervals.js";

/** What an export of one usage point says. */
export interface GreenButtonUsage {
  readonly usagePoint: string;
  readonly intervalSeconds: number;
  /** In the order of τ. */
  readonly intervals: readonly Interval[];
  /** Unix seconds at which the export is made. */
  readonly at: number;
}

/** ESPI's codes of a reading's quality. */
const VALID = 0;
const ESTIMATED_LIKE_DAY = 8;
const ESTIMATED_LINEAR = 9;

const DAY = 86_400;

/**
 * The intervals of a usage point as Green Button XML: an Atom feed of ESPI resources (NAESB REQ.21) - usage point, local
 * time, meter reading, reading type, and a block of intervals for each day. Energy is forward active energy in Wh,
 * times are in UTC.
 */
export function greenButton({ usagePoint, intervalSeconds, intervals, at }: GreenButtonUsage): string {
  const point = `/espi/1_1/resource/UsagePoint/${encodeURIComponent(usagePoint)}`;
  const reading = `${point}/MeterReading/1`;
  const entries = [
    entry(point, "/espi/1_1/resource/UsagePoint", [reading], "Usage point", at, [
      '<UsagePoint xmlns="http://naesb.org/espi">',
      "  <ServiceCategory><kind>0</kind></ServiceCategory>",
      `  <serviceDeliveryPoint><name>${escapeXml(usagePoint)}</name></serviceDeliveryPoint>`,
      "</UsagePoint>",
    ]),
    entry(
      "/espi/1_1/resource/LocalTimeParameters/1",
      "/espi/1_1/resource/LocalTimeParameters",
      [],
      "UTC",
      at,
      [
        '<LocalTimeParameters xmlns="http://naesb.org/espi">',
        "  <dstEndRule>00000000</dstEndRule>",
        "  <dstOffset>0</dstOffset>",
        "  <dstStartRule>00000000</dstStartRule>",
        "  <tzOffset>0</tzOffset>",
        "</LocalTimeParameters>",
      ],
    ),
    entry(
      reading,
      `${point}/MeterReading`,
      [`${reading}/IntervalBlock`, "/espi/1_1/resource/ReadingType/1"],
      "Energy delivered",
      at,
      ['<MeterReading xmlns="http://naesb.org/espi"/>'],
    ),
    entry("/espi/1_1/resource/ReadingType/1", "/espi/1_1/resource/ReadingType", [], "Energy, Wh", at, [
      '<ReadingType xmlns="http://naesb.org/espi">',
      "  <accumulationBehaviour>4</accumulationBehaviour>",
      "  <commodity>1</commodity>",
      "  <dataQualifier>12</dataQualifier>",
      "  <flowDirection>1</flowDirection>",
      `  <intervalLength>${intervalSeconds}</intervalLength>`,
      "  <kind>12</kind>",
      "  <powerOfTenMultiplier>0</powerOfTenMultiplier>",
      "  <uom>72</uom>",
      "</ReadingType>",
    ]),
    ...[...Map.groupBy(intervals, ({ tau }) => Math.floor((tau - intervalSeconds) / DAY))].map(
      ([day, ofDay]) => dayBlock(`${reading}/IntervalBlock`, day, ofDay, intervalSeconds, at),
    ),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `  <id>${urn(`${point} feed`)}</id>`,
    `  <title type="text">Green Button usage of ${escapeXml(usagePoint)}</title>`,
    `  <updated>${isoTime(at)}</updated>`,
    ...entries,
    "</feed>",
    "",
  ].join("\n");
}

function dayBlock(
  up: string,
  day: number,
  intervals: readonly Interval[],
  intervalSeconds: number,
  at: number,
): string {
  const first = intervals[0]!.tau - intervalSeconds;
  const duration = intervals.at(-1)!.tau - first;
  const date = isoTime(day * DAY).slice(0, 10);
  return entry(`${up}/${date}`, up, [], date, at, [
    '<IntervalBlock xmlns="http://naesb.org/espi">',
    `  <interval><duration>${duration}</duration><start>${first}</start></interval>`,
    ...intervals.flatMap(({ tau, energyWh, quality, method }) => [
      "  <IntervalReading>",
      `    <ReadingQuality><quality>${qualityCode(quality, method)}</quality></ReadingQuality>`,
      `    <timePeriod><duration>${intervalSeconds}</duration><start>${tau - intervalSeconds}</start></timePeriod>`,
      `    <value>${energyWh}</value>`,
      "  </IntervalReading>",
    ]),
    "</IntervalBlock>",
  ]);
}

function qualityCode(quality: Interval["quality"], method: string | undefined): number {
  if (quality === "measured") return VALID;
  return method?.startsWith("linear") === true ? ESTIMATED_LINEAR : ESTIMATED_LIKE_DAY;
}

function entry(
  self: string,
  up: string,
  related: readonly string[],
  title: string,
  at: number,
  content: readonly string[],
): string {
  return [
    "  <entry>",
    `    <id>${urn(self)}</id>`,
    `    <link rel="self" href="${escapeXml(self)}"/>`,
    `    <link rel="up" href="${escapeXml(up)}"/>`,
    ...related.map((href) => `    <link rel="related" href="${escapeXml(href)}"/>`),
    `    <title type="text">${escapeXml(title)}</title>`,
    '    <content type="application/xml">',
    ...content.map((line) => `      ${line}`),
    "    </content>",
    `    <published>${isoTime(at)}</published>`,
    `    <updated>${isoTime(at)}</updated>`,
    "  </entry>",
  ].join("\n");
}

/** A name-based UUID (RFC 9562, version 5) of a resource: the same resource has the same one in every export. */
function urn(resource: string): string {
  const hash = createHash("sha1").update("http://naesb.org/espi").update(resource).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

import type { NetworkStatus } from "../../workers/devnet/networkStatus.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";

/** How a network stands, as a table. */
export function statusTable({ validators, blockPeriodSeconds, gasPerSecond, alerts }: NetworkStatus): string {
  return [
    table(
      [
        { head: "validator" },
        { head: "running" },
        { head: "height", align: "right" },
        { head: "head" },
        { head: "peers", align: "right" },
        { head: "sealed recently" },
        { head: "lag, s", align: "right" },
      ],
      validators.map(({ name, running, height, headHash, peers, sealedRecently, lagSeconds }) => [
        name,
        running,
        height === null ? undefined : grouped(height),
        headHash?.slice(0, 12),
        peers ?? undefined,
        sealedRecently,
        lagSeconds ?? undefined,
      ]),
    ),
    ...validators.flatMap(({ name, ended }) => (ended === null ? [] : [`${name} does not run: ${ended}`])),
    `a block every ${blockPeriodSeconds} s, ${grouped(gasPerSecond)} gas a second`,
    ...alertLines(alerts),
  ].join("\n");
}

function alertLines(alerts: NetworkStatus["alerts"]): string[] {
  if (alerts === null) return ["alerts are not known: the keeper does not answer; devnet up starts it"];
  if (alerts.length === 0) return ["no alert stands"];
  return alerts.map(
    ({ name, message, since }) => `alert ${name}: ${message} (since ${new Date(1000 * since).toISOString()})`,
  );
}

import { FactorProof__factory } from "../../typechain-types/index.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { flaggedSeats } from "../../workers/chain/flaggedSeats.js";
import { seatsByName } from "../../workers/chain/readMembers.js";
import { versionStatus } from "../../workers/chain/versionStatus.js";
import { compareVersion } from "../../workers/grid/version/compareVersion.js";
import { grouped } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { versionNumber } from "../support/versionNumber.js";

interface Arguments {
  readonly gridVersion: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider, members } = await openSharing(hre, args.deployment);
  const { registry } = contracts;
  const version = await versionNumber(registry, args.gridVersion);
  const summary = await registry.summary(version);
  const { geometry } = summary;
  const [, accounts] = await registry.records(version);
  const stored = accounts.filter((account) => BigInt(account) !== 0n).length;
  const approved = members.map(({ seat }) => (summary.approvals >> BigInt(seat)) % 2n === 1n);
  const content = stored < accounts.length ? undefined : await readVersion(registry, provider, version);
  const differences =
    content === undefined ? undefined : compareVersion(content.records, content.labels, seatsByName(members));
  const status = versionStatus(summary.status);
  const { stripped, swollen } = await flaggedSeats(registry, version);
  const proof = FactorProof__factory.connect(await registry.factorProof(), provider);
  const eigenBound = geometry.factored ? await proof.eigenBound(version) : null;
  const data = {
    version,
    status,
    name: content?.labels.case.name ?? null,
    proposer: summary.proposer,
    base: Number(summary.base),
    vetoUntil: Number(summary.vetoUntil),
    activatedAt: Number(summary.activatedAt),
    chunksStored: stored,
    chunkCount: accounts.length,
    partsProved: Number(summary.partsProved),
    partCount: Number(summary.partCount),
    buses: Number(geometry.buses),
    meters: Number(geometry.meters),
    virtualRows: Number(geometry.virtualRows),
    powerUnitKw: Number(geometry.powerUnitKw),
    factored: geometry.factored,
    eigenBound,
    contentHash: summary.contentHash,
    differences: differences ?? null,
    operators: members.map(({ seat, name }) => ({
      seat,
      name,
      // One that joined later has no place in the version.
      meters: seat < summary.meters.length ? Number(summary.meters[seat]) : 0,
      approved: approved[seat],
      flag: stripped.includes(seat)
        ? "loses its meters"
        : swollen.includes(seat)
          ? "gains very many"
          : undefined,
    })),
  };
  const agree =
    differences === undefined
      ? undefined
      : differences.length === 0
        ? "yes"
        : `NO: ${differences.length} differences`;
  report(
    args.json,
    data,
    [
      facts([
        ["version", version],
        ["case", data.name ?? undefined],
        ["status", status],
        [
          "proposed by",
          members.find(({ account }) => account === summary.proposer)?.name ?? summary.proposer,
        ],
        ["replaces", data.base === 0 ? undefined : data.base],
        ["chunks stored", `${stored} of ${accounts.length}`],
        ["parts proved", `${data.partsProved} of ${data.partCount}`],
        ["may be vetoed until", timeText(data.vetoUntil)],
        ["in force since", timeText(data.activatedAt)],
        ["buses", grouped(data.buses)],
        ["meters", grouped(data.meters)],
        ["zero injections", grouped(data.virtualRows)],
        ["power unit", `${data.powerUnitKw} kW`],
        ["proved observable by", provedBy(eigenBound)],
        ["records say what labels do", agree],
      ]),
      table(
        [
          { head: "seat", align: "right" },
          { head: "operator" },
          { head: "meters", align: "right" },
          { head: "approved" },
          { head: "look at" },
        ],
        data.operators.map(({ seat, name, meters, approved: yes, flag }) => [seat, name, meters, yes, flag]),
      ),
      ...(differences ?? []).slice(0, 40).map((difference) => `differs: ${difference}`),
    ].join("\n"),
  );
});

/** How the version is proved to be observable, or is to be. */
function provedBy(eigenBound: bigint | null): string {
  if (eigenBound === null) return "a tree of metered lines";
  return eigenBound === 0n ? "a factor, not yet" : "a factor";
}

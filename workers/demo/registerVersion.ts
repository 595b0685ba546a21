import { type Progress, proposeVersion, proveVersion, uploadVersion } from "../chain/gridVersions.js";
import { packLabels } from "../chain/versionLabels.js";
import type { DemoChain, DemoGrid } from "./types.js";

/** A version in force, and what it cost. */
export interface RegisteredVersion {
  readonly version: bigint;
  /** Gas of all its transactions. */
  readonly gasUsed: bigint;
  readonly transactions: number;
}

/**
 * Brings the demo's grid into force: the first operator proposes it, uploads its chunks and labels and proves it; every
 * owner approves; the veto window passes; it is activated.
 *
 * @param note Told what is being done.
 */
export async function registerVersion(
  chain: DemoChain,
  demoGrid: DemoGrid,
  note: (text: string) => void,
): Promise<RegisteredVersion> {
  const { records, meters, gridCase } = demoGrid;
  const { registry } = chain.operators[0]!.contracts;
  const labels = packLabels({ case: gridCase, meters });
  const proposal = await proposeVersion(registry, records, labels);
  const { version } = proposal;
  let gasUsed = proposal.gasUsed;
  let transactions = 1;
  const count = (gas: bigint): void => {
    gasUsed += gas;
    transactions++;
  };
  await uploadVersion(registry, version, records, labels, (done, of, gas) => {
    count(gas);
    note(`chunk ${done} of ${of} uploaded`);
  });
  const proved =
    (what: string): Progress =>
    (done, of, gas) => {
      count(gas);
      note(`${what} ${done} of ${of} proved`);
    };
  await proveVersion(registry, version, proved("part"), proved("part of the factor"));
  const { contentHash, vetoUntil } = await registry.summary(version);
  for (const [seat, { contracts }] of chain.operators.entries()) {
    if ((records.metersBySeat[seat] ?? 0) === 0) continue;
    const receipt = await (await contracts.registry.approve(version, contentHash)).wait();
    count(receipt!.gasUsed);
  }
  note("approved by every owner; waiting out the veto window");
  await chain.clock.advanceTo(Number(vetoUntil) + 1);
  const receipt = await (await registry.activate(version)).wait();
  count(receipt!.gasUsed);
  return { version, gasUsed, transactions };
}

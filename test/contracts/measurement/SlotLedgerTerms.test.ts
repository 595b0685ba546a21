import { expect } from "chai";
import { SlotLedger__factory } from "../../../typechain-types/index.js";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { deploySharing, testClock, testTerms } from "../../support/sharedGrid.js";

describe("the terms and the clock of a ledger", () => {
  let sharing: Awaited<ReturnType<typeof deploySharing>>;
  before(async () => {
    sharing = await deploySharing(4);
  });

  async function deploy(change: Record<string, bigint | number>): Promise<unknown> {
    const { addresses, stranger } = sharing;
    const terms = { ...testTerms, ...change };
    const clock = { genesis: 0, ...testClock, ...change };
    return await new SlotLedger__factory(stranger)
      .deploy(addresses.consortium, addresses.registry, clock, terms)
      .catch((error: unknown) => error);
  }

  it("take an anomaly penalty up to the point from which withholding could pay, (R + Q)/(n - 1)", async () => {
    const most = (testTerms.reward + testTerms.missingPenalty) / 3n;
    expect(await deploy({ anomalyPenalty: most })).not.to.be.instanceOf(Error);
    const refused = revertReason(await deploy({ anomalyPenalty: most + 1n }));
    expect(refused).to.deep.include({
      name: "SlotLedgerBadTerms",
      arguments: { what: "anomalyPenalty", got: String(most + 1n) },
    });
  });

  for (const [what, most, beyond] of [
    ["slotSeconds", 1, 0],
    ["cutOffSlots", 128, 129],
    ["expirySlots", 1, 0],
    ["normalQuantileQ32", 8n << 32n, (8n << 32n) + 1n],
  ] as const) {
    it(`take ${what} ${most}, and not ${beyond}`, async () => {
      expect(await deploy({ [what]: most })).not.to.be.instanceOf(Error);
      expect(revertReason(await deploy({ [what]: beyond }))).to.deep.include({
        name: "SlotLedgerBadTerms",
        arguments: { what, got: String(beyond) },
      });
    });
  }
});

import type { Sharing } from "./ledgerFixture.js";
import { testClock, testTerms } from "../../support/sharedGrid.js";
import { SlotRules__factory, type SlotRules } from "../../../typechain-types/index.js";

/** What a vote changes; the rest is as in the tests' clock and terms. */
export type Change = Partial<typeof testClock & typeof testTerms>;

/** The ledger's rules as the governance uses them after a vote, and one change of them. */
export async function governLedger({ connection, contracts, ethers }: Sharing): Promise<{
  readonly rules: SlotRules;
  /** Changes the rules from a slot on, at the start that the rules so far give it, unless another is named. */
  readonly change: (firstSlot: number, change: Change, start?: number) => Promise<unknown>;
}> {
  const governance = await contracts.consortium.governance();
  await connection.networkHelpers.impersonateAccount(governance);
  await connection.networkHelpers.setBalance(governance, 10n ** 20n);
  const rules = SlotRules__factory.connect(
    await contracts.ledger.slotRules(),
    await ethers.getSigner(governance),
  );
  return {
    rules,
    change: async (firstSlot, change, start) => {
      const before = await rules.rules();
      const due = Number(before.start) + (firstSlot - Number(before.firstSlot)) * Number(before.slotSeconds);
      const { slotSeconds, cutOffSlots, expirySlots, commitSlots, ...terms } = {
        ...testClock,
        ...testTerms,
        ...change,
      };
      const clock = { genesis: start ?? due, slotSeconds, cutOffSlots, expirySlots, commitSlots };
      return await rules.change(firstSlot, clock, terms);
    },
  };
}

import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * The contracts of data sharing. The deployer names the slot ledger and the governance, and with that gives up the only
 * role it had.
 *
 * Parameters: `founders` [{account, name}], `deposit`, `vetoSeconds`, `clock` {genesis, slotSeconds, cutOffSlots,
 * expirySlots, commitSlots}, `terms` {reward, missingPenalty, anomalyPenalty, normalQuantileQ32, penaliseIncomplete}, `voting`
 * {supermajorityNumerator, supermajorityDenominator, votingSeconds, delaySeconds, executionSeconds, confirmationDepth}.
 */
export default buildModule("GridProof", (m) => {
  const consortium = m.contract("Consortium", [m.getParameter("founders"), m.getParameter("deposit")]);
  const registry = m.contract("GridRegistry", [consortium, m.getParameter("vetoSeconds")]);
  const ledger = m.contract("SlotLedger", [
    consortium,
    registry,
    m.getParameter("clock"),
    m.getParameter("terms"),
  ]);
  const meterKeys = m.contract("MeterKeys", [ledger, consortium, registry]);
  const governance = m.contract("Governance", [consortium, m.getParameter("voting")]);
  const finality = m.contract("FinalityOverlay", [consortium]);
  m.call(consortium, "concludeSetup", [ledger, governance]);
  return { consortium, registry, ledger, governance, meterKeys, finality };
});

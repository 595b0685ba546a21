import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * Household metering of one utility, beside a consortium that is there. The deployer has no role in it.
 *
 * Parameters: `consortium` (address), `utilitySeat`, `rules` {intervalSeconds, sessionSeconds, overlapSeconds}.
 */
export default buildModule("Metering", (m) => {
  const metering = m.contract("Metering", [
    m.getParameter("consortium"),
    m.getParameter("utilitySeat"),
    m.getParameter("rules"),
  ]);
  return { metering };
});

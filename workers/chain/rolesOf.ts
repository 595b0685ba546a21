import type { Consortium } from "../../typechain-types/index.js";

/** The roles of the consortium that an account holds, by name. */
export async function rolesOf(consortium: Consortium, account: string): Promise<string[]> {
  const roles = [
    ["DEFAULT_ADMIN_ROLE", await consortium.DEFAULT_ADMIN_ROLE()],
    ["OPERATOR_ROLE", await consortium.OPERATOR_ROLE()],
    ["LEDGER_ROLE", await consortium.LEDGER_ROLE()],
  ] as const;
  const held = await Promise.all(roles.map(async ([, role]) => consortium.hasRole(role, account)));
  return roles.flatMap(([name], i) => (held[i] === true ? [name] : []));
}

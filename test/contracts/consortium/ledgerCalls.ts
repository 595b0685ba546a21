import type { Sharing } from "../measurement/ledgerFixture.js";

/** A call of the consortium, as a proposal makes it. */
export function onConsortium(sharing: Sharing, name: string, args: readonly unknown[]) {
  const { consortium } = sharing.contracts;
  return {
    target: sharing.addresses.consortium,
    data: consortium.interface.encodeFunctionData(name as "transfer", args as never),
  };
}

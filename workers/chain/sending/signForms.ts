import { keccak256, Transaction } from "ethers";
import { journalSigned, reservedData, signedForms, type Send } from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import { feeFields } from "./fees.js";
import type { Fees, Head, SenderParts } from "./types.js";

/** Gas of a payment without data. */
const FILLER_GAS = 21_000n;

/** A form in which a transaction is to be signed. */
export interface Form {
  readonly send: Send;
  readonly fees: Fees;
  /** In place of the call an empty payment to oneself, which only uses the nonce up. */
  readonly filler?: boolean;
}

/** Signs transactions under the nonces that they hold, and writes all of them into the journal in one step. */
export async function signForms(parts: SenderParts, head: Head, forms: readonly Form[]): Promise<Send[]> {
  const { store, account, sign, settings, observe } = parts;
  const raws = await Promise.all(
    forms.map(async ({ send, fees, filler = false }) => {
      const { to, data, gas } = filler
        ? { to: account, data: "0x", gas: FILLER_GAS }
        : { to: send.to, ...callOf(parts, send) };
      return await sign({
        chainId: settings.chainId,
        to,
        data,
        nonce: send.nonce,
        gasLimit: gas > head.gasLimit ? head.gasLimit : gas,
        ...feeFields(fees),
      });
    }),
  );
  const signed = transaction(store, () =>
    forms.map(({ send, filler = false }, i): Send => {
      const { id, nonce, state } = send;
      const raw = raws[i]!;
      const hash = keccak256(raw);
      journalSigned(store, { hash, send: id, nonce, raw, head: head.number, filler });
      return { ...send, hash, state: state === "reserved" ? "journaled" : state };
    }),
  );
  for (const send of signed) await observe?.("journaled", send);
  return signed;
}

/** What a transaction calls: as it was reserved or, once signed, as it was signed. */
export function callOf(
  { store }: Pick<SenderParts, "store">,
  send: Send,
): { readonly data: string; readonly gas: bigint } {
  const form =
    send.state === "reserved"
      ? undefined
      : signedForms(store, send.id).find(({ filler, raw }) => !filler && raw !== "");
  if (form === undefined) return { data: reservedData(store, send.id), gas: send.gas };
  const { data, gasLimit } = Transaction.from(form.raw);
  return { data, gas: gasLimit };
}

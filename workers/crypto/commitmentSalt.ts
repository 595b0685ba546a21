import { getBytes, keccak256, type Signer } from "ethers";

/**
 * The salt of a commitment, from the operator's key: whoever commits and shows later in two commands needs to keep nothing
 * between them. Signatures of this kind are the same every time (RFC 6979), and this text is signed for nothing else, so
 * that nobody without the key can guess the salt.
 *
 * @param ledger Address of the slot ledger.
 */
export async function commitmentSalt(
  signer: Pick<Signer, "signMessage">,
  chainId: bigint,
  ledger: string,
  slot: number,
): Promise<Uint8Array> {
  const text = `GridProof: salt of the commitment for slot ${slot} on ledger ${ledger.toLowerCase()} of chain ${chainId}`;
  return getBytes(keccak256(await signer.signMessage(text)));
}

import { getBytes, hexlify, Signature, Transaction, type TransactionLike } from "ethers";
import secp256k1 from "secp256k1";

/**
 * Signs transactions with a private key, natively: the same bytes as ethers' `Wallet`, some ten times as fast. For programs
 * that send hundreds a second.
 *
 * @param privateKey 32 bytes, hexadecimal.
 * @returns a function from a transaction without signature to its raw signed form, hexadecimal.
 */
export function transactionSigner(privateKey: string): (transaction: TransactionLike) => Promise<string> {
  const key = getBytes(privateKey);
  return (unsigned) => {
    const transaction = Transaction.from(unsigned);
    const { signature, recid } = secp256k1.ecdsaSign(getBytes(transaction.unsignedHash), key);
    transaction.signature = Signature.from({
      r: hexlify(signature.subarray(0, 32)),
      s: hexlify(signature.subarray(32)),
      yParity: recid === 0 ? 0 : 1,
    });
    return Promise.resolve(transaction.serialized);
  };
}

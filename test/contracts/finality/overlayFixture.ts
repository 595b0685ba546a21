import { Wallet } from "ethers";
import { FinalityOverlay__factory, type IFinalityOverlay } from "../../../typechain-types/index.js";
import {
  type Attestation,
  type FinalityDomain,
  signAttestation,
  signPossession,
} from "../../../workers/finality/attestation.js";
import { headerBytes, type RpcBlock } from "../../../workers/finality/headerBytes.js";
import { foundConsortium } from "../consortium/foundConsortium.js";

/** A key of the test's own. */
export function testKey(number: number): Wallet {
  return new Wallet(`0x${(number + 1).toString(16).padStart(2, "0").repeat(32)}`);
}

/** A consortium with an overlay beside it; the key of each seat signs from the block after its registration. */
export async function overlayFixture(founders = 4) {
  const f = await foundConsortium(founders);
  const { ethers, consortium, deployer, member } = f;
  const overlay = await new FinalityOverlay__factory(deployer).deploy(consortium);
  const { chainId } = await ethers.provider.getNetwork();
  const domain: FinalityDomain = { chainId, overlay: await overlay.getAddress() };
  const keys = Array.from({ length: founders }, (_, seat) => testKey(seat));
  const height = async () => await ethers.provider.getBlockNumber();
  const register = async (seat: number, key = keys[seat]!, fromHeight?: number) => {
    const from = fromHeight ?? (await height()) + 2;
    const { signer, signature } = signPossession(key.privateKey, domain, { seat, fromHeight: from });
    return await overlay.connect(member(seat)).register(signer, from, signature);
  };
  for (const seat of keys.keys()) await register(seat);
  // So long that the keys may be replaced.
  await f.networkHelpers.mine(40);

  const block = async (number: number) => {
    const found = (await ethers.provider.send("eth_getBlockByNumber", [
      `0x${number.toString(16)}`,
      false,
    ])) as RpcBlock;
    return { number, hash: found.hash as string, header: headerBytes(found)! };
  };
  const sign = (seat: number, attestation: Attestation, key = keys[seat]!, at = domain): string =>
    signAttestation(key.privateKey, at, attestation);
  return { ...f, overlay, domain, keys, height, register, block, sign };
}

/** An attestation as the contract takes it. */
export function onChain({ epoch, number, hash }: Attestation): IFinalityOverlay.AttestationStruct {
  return { epoch, height: number, blockHash: hash };
}

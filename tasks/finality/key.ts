import { loadOperatorWallet } from "../../workers/crypto/keystore.js";
import { possessionTypes, typedDomain } from "../../workers/finality/attestation.js";
import { facts } from "../../workers/report/table.js";
import { grouped } from "../../workers/report/number.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openOverlay } from "./openOverlay.js";

interface Arguments extends SignerArguments {
  readonly signerKeystore: string | undefined;
  readonly signerPasswordFile: string | undefined;
  readonly fromHeight: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** Blocks until a key signs, if no height is named: room for the transaction to be included. */
const LEAD = 20;
/** Heights that the key before it has at least, as `FinalityOverlay` wants it. */
const LEAST_HEIGHTS = 40;

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, true);
  const { contract, domain, keys } = await openOverlay(sharing);
  const { member, provider } = sharing;
  if (member === undefined) throw new UserError(`${sharing.account} is not a member`);
  const height = await provider.getBlockNumber();
  const before = keys.findLast((key) => key.seat === member.seat && key.fromHeight <= height);
  const least = Math.max(height + LEAD, (before?.fromHeight ?? -LEAST_HEIGHTS) + LEAST_HEIGHTS);
  const fromHeight = args.fromHeight >= 0 ? args.fromHeight : least;
  // Its own account's key, unless another one is named.
  const signing =
    args.signerKeystore === undefined
      ? sharing.signer
      : await loadOperatorWallet({
          keystore: userPath(args.signerKeystore),
          passwordFile: args.signerPasswordFile === undefined ? undefined : userPath(args.signerPasswordFile),
          environment: process.env,
        });
  const signer = await signing.getAddress();
  const possession = await signing.signTypedData(typedDomain(domain), possessionTypes, {
    seat: member.seat,
    signer,
    fromHeight,
  });
  const { hash } = await sent(contract.register(signer, fromHeight, possession));
  report(
    args.json,
    { member: member.name, seat: member.seat, signer, fromHeight, transaction: hash },
    facts([
      ["member", member.name],
      ["signs blocks with", signer],
      ["from block", grouped(fromHeight)],
    ]),
  );
});

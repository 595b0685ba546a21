import { formatEther, parseEther } from "ethers";
import { parseAddress } from "../../workers/chain/parseAddress.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly account: string;
  readonly ether: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const to = parseAddress(args.account, "account");
  if (!/^\d{1,9}(\.\d{1,18})?$/u.test(args.ether))
    throw new UserError(`${args.ether}: not an amount of ether, such as 100 or 0.5`);
  const { signer, member, account, provider } = await openSigning(hre, args.deployment, args, false);
  const payment = await signer.sendTransaction({ to, value: parseEther(args.ether) });
  await payment.wait();
  const balance = await provider.getBalance(to);
  report(
    args.json,
    { from: account, account: to, ether: args.ether, balanceWei: balance },
    facts([
      ["from", member?.name ?? account],
      ["to", to],
      ["it holds for gas now", `${formatEther(balance)} ether`],
    ]),
  );
});

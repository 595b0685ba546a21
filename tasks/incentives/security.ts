import { fdiSecurity } from "../../workers/incentives/fdiSecurity.js";
import { listed } from "../support/listed.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type OwnedArguments, openOwned, parts, seatsOf } from "./openOwned.js";

interface Arguments extends OwnedArguments {
  readonly compromised: string | undefined;
  readonly sensitive: string | undefined;
  readonly json: string | undefined;
}

/** `incentives security`: whether false data of compromised operators can go unseen at the buses that matter. */
export default userTask<Arguments>(async (args) => {
  if (args.compromised === undefined) throw new UserError("name operators with --compromised");
  const { incentive, grid } = openOwned(args);
  const seats = seatsOf(incentive, "--compromised", args.compromised);
  const all = grid.buses.map(({ number }) => number);
  const sensitive =
    args.sensitive === undefined
      ? all
      : parts(args.sensitive).map((text) => {
          if (!/^[1-9]\d*$/u.test(text))
            throw new UserError(`--sensitive: "${text}" is not the number of a bus`);
          return Number(text);
        });
  const references = grid.buses.filter(({ reference }) => reference).map(({ number }) => number);
  const { compromised, exposed, secure } = fdiSecurity(incentive, seats, sensitive, references);
  const names = compromised.map((seat) => incentive.operators[seat]!.name);
  report(
    args.json,
    { case: grid.name, compromised: names, sensitiveBuses: sensitive, secure, exposed },
    secure
      ? `Secure: without ${names.join(", ") || "anybody"} the meters still determine ${listed("bus", "buses", sensitive)}.`
      : `Not secure: without ${names.join(", ")} nothing determines ${listed("bus", "buses", exposed)}.`,
  );
});

import { chainTime } from "../../workers/chain/chainTime.js";
import { getAddress, isAddress, ZeroAddress } from "ethers";
import { readVersion } from "../../workers/chain/readVersion.js";
import { meterPlace } from "../../workers/crypto/meterReading.js";
import { METER_KINDS } from "../../workers/grid/version/constants.js";
import { facts } from "../../workers/report/table.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { versionNumber } from "../support/versionNumber.js";
import { meterKeysOf } from "./openAudit.js";

interface Arguments extends SignerArguments {
  readonly meter: string;
  readonly key: string;
  readonly fromSlot: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { meter, key } = args;
  if (key !== "none" && (!isAddress(key) || getAddress(key) === ZeroAddress)) {
    throw new UserError(`${key}: expected the address of the meter's key, or none`);
  }
  const sharing = await openSigning(hre, args.deployment, args, true);
  const meterKeys = meterKeysOf(sharing);
  const { contracts, provider, member } = sharing;
  const version = await versionNumber(contracts.registry, "active");
  const { records, labels } = await readVersion(contracts.registry, provider, version);
  const number = labels.meters.findIndex(({ id }) => id === meter);
  if (number < 0) throw new UserError(`no meter ${meter} in the grid version in force; see meters list`);
  const entry = records.directory[number]!;
  const seats = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  if (seats[number] !== member?.seat)
    throw new UserError(`${meter} is not a meter of ${member?.name ?? "yours"}`);
  const place = meterPlace(METER_KINDS[entry.kind]!, entry.place);
  const now = await chainTime(provider);
  const fromSlot = args.fromSlot >= 0 ? args.fromSlot : Number(await contracts.ledger.slotAt(now)) + 2;
  const { hash } = await sent(
    key === "none" ? meterKeys.retire(place, fromSlot) : meterKeys.register(place, key, fromSlot),
  );
  report(
    args.json,
    { meter, place, key: key === "none" ? null : getAddress(key), fromSlot, transaction: hash },
    facts([
      ["meter", meter],
      ["place, as its signatures name it", place],
      ["signs with", key],
      ["from slot", fromSlot],
      ["domain of its signatures", await meterKeys.getAddress()],
    ]),
  );
});

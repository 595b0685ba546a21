import { writeFileSync } from "node:fs";
import { checkFinal } from "../../workers/finality/checkFinal.js";
import { finalityQuorum } from "../../workers/finality/finalityQuorum.js";
import { readWorkerEvidence, readWorkerFinal } from "../../workers/finality/readWorker.js";
import { signerAt } from "../../workers/finality/signerAt.js";
import { grouped } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openOverlay } from "./openOverlay.js";
import { readFaults } from "./readFaults.js";

interface Arguments {
  readonly worker: string | undefined;
  readonly evidence: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  if (args.evidence !== undefined && args.worker === undefined)
    throw new UserError("--evidence is what a worker has: name it with --worker");
  const sharing = await openSharing(hre, args.deployment);
  const { contract, domain, standing, keys } = await openOverlay(sharing);
  const nameOf = (seat: number): string => sharing.members[seat]?.name ?? String(seat);
  const height = await sharing.provider.getBlockNumber();
  const faults = (await readFaults(contract)).map((fault) => ({ ...fault, member: nameOf(fault.seat) }));
  const seats = standing.seats.map((seat) => ({
    seat,
    member: nameOf(seat),
    signer: signerAt(keys, seat, height) ?? null,
    next: keys.find((key) => key.seat === seat && key.fromHeight > height) ?? null,
  }));
  const worker = args.worker === undefined ? undefined : await askWorker(args.worker);
  if (args.evidence !== undefined) {
    writeFileSync(
      userPath(args.evidence),
      `${JSON.stringify({ evidence: worker?.evidence }, undefined, 2)}\n`,
    );
  }
  const quorum = finalityQuorum(standing.seats.length);
  const { epoch, base, recorded } = standing;
  report(
    args.json,
    {
      height,
      epoch,
      base: base ?? null,
      recorded: recorded ?? null,
      quorum,
      seats,
      faults,
      worker: worker?.shown ?? null,
    },
    [
      facts([
        ["height", grouped(height)],
        ["epoch", epoch],
        ...(base === undefined
          ? []
          : ([["began from block", `${grouped(base.number)} ${base.hash}`]] as const)),
        ["signatures that make a block final", `${quorum} of ${standing.seats.length}`],
        [
          "recorded as final",
          recorded === undefined ? "nothing yet" : `${grouped(recorded.number)} ${recorded.hash}`,
        ],
        ...(worker?.lines ?? []),
      ]),
      table(
        [{ head: "seat", align: "right" }, { head: "member" }, { head: "signs with" }],
        seats.map(({ seat, member, signer, next }) => [
          seat,
          member,
          signer ?? (next === null ? "no key" : `${next.signer} from block ${next.fromHeight}`),
        ]),
      ),
      ...(faults.length === 0
        ? []
        : [
            table(
              [
                { head: "fault", align: "right" },
                { head: "member" },
                { head: "epoch" },
                { head: "blocks that it signed" },
              ],
              faults.map(({ id, member, epoch: of, first, second }) => [
                id,
                member,
                of,
                `${first.number} ${first.hash}\n${second.number} ${second.hash}`,
              ]),
            ),
          ]),
    ].join("\n"),
  );

  async function askWorker(url: string) {
    const [final, evidence] = [await readWorkerFinal(url), await readWorkerEvidence(url)];
    const checked = final === undefined ? undefined : checkFinal(final, domain, standing, keys);
    const signers = checked?.signed.map(({ seat }) => nameOf(seat)) ?? [];
    const own = final === undefined ? undefined : await sharing.provider.getBlock(final.number);
    const shown = {
      url,
      final: final === undefined ? null : { number: final.number, hash: final.hash },
      signedBy: signers,
      holds: checked?.isFinal ?? false,
      onThisChain: own?.hash === final?.hash && final !== undefined,
      evidence: evidence.length,
    };
    const verdict = shown.holds ? "a quorum" : "no quorum of the seats that are active now";
    const lines: [string, string | number][] = [
      [
        "final, as the worker says",
        final === undefined ? "nothing yet" : `${grouped(final.number)} ${final.hash}`,
      ],
      ["signed by", final === undefined ? "–" : `${signers.join(", ") || "nobody"} (${verdict})`],
      ...(final === undefined || shown.onThisChain
        ? []
        : ([["attention", "this node's chain has another block there"]] as [string, string][])),
      ["evidence of faults", evidence.length],
    ];
    return { shown, lines, evidence };
  }
});

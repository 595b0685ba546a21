import { expect } from "chai";
import { hexlify, type TransactionReceipt } from "ethers";
import { describe, it } from "mocha";
import { Metering__factory } from "../../../typechain-types/index.js";
import { keyPairOf } from "../../../workers/crypto/keyPair.js";
import { addressOfKey } from "../../../workers/crypto/addressOfKey.js";
import { DECLINE_REASONS, SKIP_REASONS } from "../../../workers/metering/chain/reasons.js";
import type { ItemKind, QueueItem } from "../../../workers/metering/concentrator/queue/queue.js";
import { readOutcome } from "../../../workers/metering/concentrator/readOutcome.js";
import { identityHash } from "../../../workers/metering/identityHash.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../../workers/metering/keys/sessionRequest.js";
import { encodeRequest } from "../../../workers/metering/messages/request.js";
import { createReport } from "../../../workers/metering/report/createReport.js";
import { packReports } from "../../../workers/metering/report/packReports.js";

const events = Metering__factory.createInterface();
const key = (n: number) => keyPairOf(new Uint8Array(32).fill(n));
const address = `0x${"11".repeat(20)}`;
const salted = `0x${"22".repeat(32)}`;
const domain = { chainId: 1n, metering: address };
const HOUR = 3_600;

const item = (id: number, kind: ItemKind, payload: Uint8Array): QueueItem => ({
  id,
  kind,
  meter: 7,
  key: kind === "session" ? 1 : 0,
  payload,
  at: 0,
  send: 1,
  answered: false,
});
const report = (id: number): QueueItem =>
  item(
    id,
    "report",
    packReports([
      createReport(
        domain,
        { meter: 7, hid: `0x${"00".repeat(32)}`, sessionKey: key(3).privateKey },
        { epoch: 1, publicKey: key(4).publicKey },
        id * HOUR,
        { usageWh: 1, registerWh: 1 },
      ),
    ]),
  );
const receipt = (...logs: readonly [string, readonly unknown[]][]): TransactionReceipt =>
  ({
    logs: logs.map(([name, values]) => events.encodeEventLog(name, values)),
  }) as unknown as TransactionReceipt;
const accepted = (...items: readonly QueueItem[]): [string, unknown[]] => [
  "ReportsAccepted",
  [address, hexlify(packReports(items.map(({ payload }) => payload)))],
];

describe("what a receipt says of a concentrator's items", () => {
  const items = [report(1), report(2), report(3)];
  const [one, , three] = items as [QueueItem, QueueItem, QueueItem];

  it("counts a report for taken where an event has its bytes, and for nothing else", () => {
    const skip: [string, unknown[]] = ["ReportSkipped", [7, 2 * HOUR, SKIP_REASONS.indexOf("Stale"), 1]];
    expect([...readOutcome(receipt(skip, accepted(one, three)), items)]).to.deep.equal([
      [1, undefined],
      [2, "Stale"],
      [3, undefined],
    ]);
    expect([...readOutcome(receipt(skip, accepted(one)), items)]).to.deep.equal([
      [1, undefined],
      [2, "Stale"],
      [3, "no-event"],
    ]);
    expect([...readOutcome(receipt(), items).values()]).to.deep.equal(["no-event", "no-event", "no-event"]);
  });

  it("asks the same of requests", () => {
    const registration = registrationRequest(domain, salted, key(5), HOUR);
    const session = sessionRequest(domain, { meter: 7, sequence: 1, validUntil: HOUR }, key(5), key(6));
    const requests = [
      item(1, "registration", Buffer.from(encodeRequest({ kind: "registration", request: registration }))),
      item(2, "session", Buffer.from(encodeRequest({ kind: "session", request: session }))),
    ];
    const hid = identityHash(salted, addressOfKey(key(5).publicKey));
    const sessionKey = addressOfKey(key(6).publicKey);
    const registered: [string, unknown[]] = ["MeterRegistered", [7, hid, address, HOUR]];
    const bad: [string, unknown[]] = [
      "RegistrationDeclined",
      [hid, address, DECLINE_REASONS.indexOf("BadStart")],
    ];
    const opened: [string, unknown[]] = ["SessionOpened", [7, 1, sessionKey, HOUR, 0]];
    const other: [string, unknown[]] = ["SessionOpened", [7, 2, sessionKey, HOUR, 0]];
    const told = (...logs: readonly [string, unknown[]][]): unknown[] => [
      ...readOutcome(receipt(...logs), requests).values(),
    ];
    expect(told(registered, opened)).to.deep.equal([undefined, undefined]);
    expect(told(bad, opened)).to.deep.equal(["BadStart", undefined]);
    // A bad copy that another brought.
    expect(told(bad, registered, other)).to.deep.equal([undefined, "no-event"]);
    expect(told()).to.deep.equal(["no-event", "no-event"]);
  });
});

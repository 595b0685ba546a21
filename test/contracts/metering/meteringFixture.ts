import { hexlify } from "ethers";
import { Metering__factory } from "../../../typechain-types/index.js";
import { addressOfKey } from "../../../workers/crypto/addressOfKey.js";
import { hash256 } from "../../../workers/crypto/hash256.js";
import { type KeyPair, keyPairOf } from "../../../workers/crypto/keyPair.js";
import { parseReports } from "../../../workers/metering/chain/reportEvents.js";
import type { MeteringDomain } from "../../../workers/metering/domain.js";
import { identityHash, saltedId } from "../../../workers/metering/identityHash.js";
import { epochOpening } from "../../../workers/metering/keys/epochOpening.js";
import { mdmsRegistration } from "../../../workers/metering/keys/mdmsRegistration.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../../workers/metering/keys/sessionRequest.js";
import { createReport } from "../../../workers/metering/report/createReport.js";
import { encodeReport } from "../../../workers/metering/report/encodeReport.js";
import { packReports } from "../../../workers/metering/report/packReports.js";
import type { EpochPublicKey, UsageReport } from "../../../workers/metering/report/types.js";
import { foundConsortium } from "../consortium/foundConsortium.js";

/** The rules of the tests: half-hourly intervals, sessions of a day with an hour of overlap. */
export const rules = { intervalSeconds: 1_800, sessionSeconds: 86_400, overlapSeconds: 3_600 };
export const UTILITY_SEAT = 1;

/** A key pair from a name, the same every time. */
export function namedKeys(name: string): KeyPair {
  return keyPairOf(hash256(new TextEncoder().encode(name)));
}

/** A meter of a test, before and after its registration. */
export interface TestMeter {
  /** Its number. */
  readonly meter: number;
  readonly identityKey: KeyPair;
  readonly saltedId: string;
  readonly hid: string;
}

/** The meter that has this number in a fresh deployment. */
export function testMeter(meter: number): TestMeter {
  const identityKey = namedKeys(`identity ${meter}`);
  const salted = saltedId(`SM-${meter}`, hexlify(hash256(Uint8Array.of(meter & 0xff, meter >> 8))));
  const hid = identityHash(salted, addressOfKey(identityKey.publicKey));
  return { meter, identityKey, saltedId: salted, hid };
}

/** The session key of a meter in a test. */
export function sessionKeyOf(meter: number, sequence = 1): KeyPair {
  return namedKeys(`session ${meter} ${sequence}`);
}

/** Metering with nothing stored in it, of the utility on seat 1, and one concentrator. */
export async function deployMetering(changed: Partial<typeof rules> = {}) {
  const founded = await foundConsortium();
  const { ethers, consortium, deployer, member, networkHelpers } = founded;
  const signers = await ethers.getSigners();
  const [concentrator, otherConcentrator] = signers.slice(8, 10);
  if (concentrator === undefined || otherConcentrator === undefined)
    throw new Error("more accounts are needed");
  const deployed = await new Metering__factory(deployer).deploy(consortium, UTILITY_SEAT, {
    ...rules,
    ...changed,
  });
  const address = await deployed.getAddress();
  const utility = deployed.connect(member(UTILITY_SEAT));
  await utility.appointConcentrator(concentrator.address);
  const { chainId } = await ethers.provider.getNetwork();
  const domain: MeteringDomain = { chainId, metering: address };
  return {
    ...founded,
    address,
    domain,
    /** As the concentrator uses it. */
    metering: deployed.connect(concentrator),
    /** As the utility uses it. */
    utility,
    /** As anybody does. */
    anyone: deployed.connect(founded.stranger),
    concentrator,
    otherConcentrator,
    now: async () => await networkHelpers.time.latest(),
  };
}

export type Deployed = Awaited<ReturnType<typeof deployMetering>>;

/** An epoch key in a test. */
export function epochKeysOf(epoch: number): KeyPair {
  return namedKeys(`epoch ${epoch}`);
}

export function epochPublicKey(epoch: number): EpochPublicKey {
  return { epoch, publicKey: epochKeysOf(epoch).publicKey };
}

export const mdmsIdentity = namedKeys("mdms");

/** Stores and registers an MDMS, and opens its first epoch. */
export async function startMdms({ utility, anyone, domain, now }: Deployed, validSeconds = 30 * 86_400) {
  const salted = saltedId("MDMS", hexlify(new Uint8Array(32).fill(9)));
  const request = mdmsRegistration(domain, salted, mdmsIdentity);
  await utility.storeMdmsIdentity(identityHash(salted, request.identity));
  await anyone.registerMdms(request.saltedId, request.identity, request.r, request.vs);
  await openEpoch({ anyone, domain, now }, 1, validSeconds);
}

/** Opens an epoch from now on. */
export async function openEpoch(
  { anyone, domain, now }: Pick<Deployed, "anyone" | "domain" | "now">,
  epoch: number,
  validSeconds: number,
): Promise<void> {
  const until = (await now()) + validSeconds;
  const opening = epochOpening(domain, epoch, until, mdmsIdentity, epochKeysOf(epoch));
  const { publicKey, validUntil, r, vs, keyR, keyVs } = opening;
  await anyone.openEpoch(epoch, publicKey, validUntil, r, vs, keyR, keyVs);
}

/** Stores and registers meters 1 to `count`, and opens the first session of each. */
export async function startMeters(f: Deployed, count: number, since: number): Promise<TestMeter[]> {
  const meters = Array.from({ length: count }, (_, i) => testMeter(i + 1));
  await f.utility.storeIdentities(meters.map(({ hid }) => hid));
  await f.metering.registerMeters(
    meters.map((meter) => registrationRequest(f.domain, meter.saltedId, meter.identityKey, since)),
  );
  await openSessions(f, meters, 1);
  return meters;
}

/** Opens a session of each meter, for a day. */
export async function openSessions(
  { metering, domain, now }: Pick<Deployed, "metering" | "domain" | "now">,
  meters: readonly TestMeter[],
  sequence: number,
  validSeconds = rules.sessionSeconds,
): Promise<void> {
  const validUntil = (await now()) + validSeconds;
  await metering.openSessions(
    meters.map(({ meter, identityKey }) =>
      sessionRequest(domain, { meter, sequence, validUntil }, identityKey, sessionKeyOf(meter, sequence)),
    ),
  );
}

/** What of a report differs from the one that is due. */
export interface ReportChange {
  readonly domain?: MeteringDomain;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly usageWh?: number;
}

/** A report of a test's meter, of the interval to `time`. */
export function reportOf(
  f: Deployed,
  meter: TestMeter,
  time: number,
  change: ReportChange = {},
): UsageReport {
  const { domain = f.domain, epoch = 1, sequence = 1, usageWh = 100 } = change;
  const sessionKey = sessionKeyOf(meter.meter, sequence).privateKey;
  return createReport(domain, { ...meter, sessionKey }, epochPublicKey(epoch), time, {
    usageWh,
    registerWh: 1_000_000,
  });
}

/** What became of a batch: the reason for each report, "None" where it was taken, by its place in the batch. */
export async function outcome(
  f: Pick<Deployed, "metering">,
  reports: readonly (UsageReport | Uint8Array)[],
  call: "submit" | "backfill" = "submit",
) {
  const sent = await f.metering[call](packReports(reports));
  const receipt = (await sent.wait())!;
  const events = parseReports(receipt.logs);
  const reasons: string[] = reports.map(() => "None");
  for (const { index, reason } of events.skipped) reasons[index] = reason;
  return { reasons, ...events, receipt };
}

/** The bytes of a report with a bit flipped. */
export function flipped(report: UsageReport, bit: number): Uint8Array {
  const bytes = encodeReport(report);
  bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
  return bytes;
}

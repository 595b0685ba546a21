import { topics } from "../../workers/bus/topics.js";
import { REPORT_BYTES } from "../../workers/metering/report/layout.js";

/** Bytes that travel for a report, and for the broker's word that it has it. */
export interface Framing {
  /** Topic and headers of MQTT 3.1.1, QoS 1. */
  readonly mqtt: number;
  /** A record of TLS 1.3 around it: header, content type, tag. */
  readonly tls: number;
  /** Payload, MQTT and TLS. */
  readonly report: number;
  /** PUBACK with its TLS record. */
  readonly answer: number;
}

const TLS_RECORD = 5 + 1 + 16;
const PUBACK = 4;

/** Framing of a meter's report by MQTT 3.1.1 (sections 2.2 and 3.3) and TLS 1.3 (RFC 8446, section 5.2), bytes. TCP and IP come on top. */
export function framing(meter: number): Framing {
  const variable = 2 + Buffer.byteLength(topics.report(meter)) + 2;
  const mqtt = 1 + lengthBytes(variable + REPORT_BYTES) + variable;
  return { mqtt, tls: TLS_RECORD, report: REPORT_BYTES + mqtt + TLS_RECORD, answer: PUBACK + TLS_RECORD };
}

/** Seven bits of the remaining length in a byte. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : 1 + lengthBytes(Math.floor(length / 0x80));
}

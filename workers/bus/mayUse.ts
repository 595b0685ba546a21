import { meterOfTopic, type Party, topics } from "./topics.js";

/** Whether somebody may publish: a meter its own reports and requests, and nothing that a broker would keep. */
export function mayPublish(party: Party, topic: string, retain: boolean): boolean {
  if (party.kind === "meter") {
    return !retain && (topic === topics.report(party.meter) || topic === topics.request(party.meter));
  }
  const toMeter = meterOfTopic(topic) !== undefined;
  if (party.kind === "concentrator") return !retain && toMeter && topic.startsWith("ack/");
  return topic === topics.epoch || (toMeter && topic.startsWith("gaps/"));
}

/** Whether somebody may subscribe to a filter, wildcards and all. */
export function maySubscribe(party: Party, filter: string): boolean {
  return filtersOf(party).includes(filter);
}

/** Whether a message of a topic may be handed to somebody. */
export function mayReceive(party: Party, topic: string): boolean {
  const plain = meterOfTopic(topic) === undefined ? topic : topic.replace(/\d+$/u, "+");
  return filtersOf(party).some((filter) => filter === topic || filter === plain);
}

/** All that somebody subscribes to. */
function filtersOf(party: Party): readonly string[] {
  if (party.kind === "meter") return [topics.ack(party.meter), topics.gaps(party.meter), topics.epoch];
  if (party.kind === "concentrator") return [topics.report("+"), topics.request("+"), topics.epoch];
  return [topics.epoch];
}

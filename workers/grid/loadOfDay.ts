/**
 * A plain daily load curve: what part of a case's load there is at an hour. It climbs from 0.6 before dawn to 0.93 after noon,
 * and falls slowly over the evening; a day later it is the same.
 *
 * @param hour Since midnight, with a fraction.
 */
export function loadOfDay(hour: number): number {
  const turn = (2 * Math.PI * (hour - 4)) / 24;
  return 0.8 - 0.15 * Math.cos(turn) - 0.05 * Math.cos(2 * turn - Math.PI / 6);
}

#!/bin/sh
# Replay a day of slots
#
# A worker for each operator takes in a day of measurement files, uploads them slot by slot, estimates, and settles. What a day
# means here: its load curve from midnight to midnight, in as many slots as are asked for (96: quarter-hours). The slots
# themselves follow one another by the chain's clock, as it must be, for a ledger takes no values for slots that are long over;
# so on the network that is made here a slot takes a second or two, and the day a few minutes. With --dir it takes as long as
# the slots of that network do.
#
# Who:    each operator its own worker.
# Needs:  nothing; on a network that --dir names, a version of the grid in force.
# Checks: every slot was settled once, with all values and a certificate, by what the operators uploaded; at most one in ten raised an
#         alarm (one in a hundred does by chance); the sum of the credits is what it was.
#
# Options:
#   --slots N          slots of the day (default 96; CI takes 24, hours)
#   --case NAME        the grid (default ieee118)
#   --slot-seconds N   length of a slot on the network that is made (default 1)
#
set -eu
options='slots case slot_seconds'
slots=96 case=ieee118 slot_seconds=1
. "$(dirname -- "$0")/lib.sh"
begin "$@"
# Values may come a minute late: in half of that the version has to be seen in force, and the day's files begun.
consortium --case none --slot-seconds "$slot_seconds" --cut-off $((60 / slot_seconds))
total=$(gridproof credits show --json - | value total)
members=$(members)

step 'Each operator configures and starts its worker: its own node, key, database and folder of measurements'
for n in $members; do
  gridproof worker configure "$work/worker-$n" --operator "$n" --measurements "$work/day/operator-$n"
  start worker run "$work/worker-$n/worker.json" >"$work/worker-$n/log"
done

if [ -z "$dir" ]; then
  step 'Agree on the grid. The workers wait for it: the first slot begins with it'
  "$root/scripts/agree-on-grid.sh" --dir "$net" --case "$case"
fi

step "The day's measurements appear, a file for each operator"
day=$(gridproof meters simulate "$work/day" --slots "$slots" --json -)
first=$(printf %s "$day" | value first) last=$(printf %s "$day" | value last)
echo "slots $first to $last, $(printf %s "$day" | value meters) meters"

step 'The workers upload and settle; nothing is to do but wait'
settled() {
  closed=$(gridproof slot list "$first" "$last" --json - | value closed)
  echo "$closed of $slots slots are settled"
  [ "$closed" -eq "$slots" ]
}
# Looking takes its time as well.
wait_until $((slots * slot_seconds + 180)) "all slots settled; see $work/worker-*/log" settled

step 'Check'
gridproof devnet check
ended=$(gridproof slot list "$first" "$last" --json -)
check "all $slots slots were settled once, with every value and a certificate" \
  [ "$(printf %s "$ended" | value "slots.filter((s) => s.closings === 1 && s.missing === 0 && s.objective !== null).length")" -eq "$slots" ]
alarms=$(printf %s "$ended" | value 'slots.filter((s) => s.alarm).length')
check "$alarms of $slots raised an alarm" [ $((10 * alarms)) -le "$((slots > 10 ? slots : 10))" ]
check_sum "$total"

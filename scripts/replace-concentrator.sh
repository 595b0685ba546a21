#!/bin/sh
# Replace a lost data concentrator
#
# The machine of a data concentrator is gone, or its key is no longer its own: the utility puts a new one in its place, with an
# account and a broker password of its own. From then on the contract takes nothing from the old one. What it had not brought
# the meters still have, and send again by the new one. So that there is something to lose, meters, broker, concentrator
# and MDMS are provisioned and run first, on the network that is made or named.
#
# Who:    the utility, which is the member that household metering was deployed for.
# Needs:  a network with a consortium (form-consortium.sh); one is made unless --dir names it.
# Checks: the old concentrator brings nothing any more, the new one all: the MDMS has every interval of every meter, those before
#         the loss and those after it.
#
# Options:
#   --utility N        number of the operator that is the utility (default 2)
#   --meters N         how many meters (default 3)
#   --broker-port N    port of the broker; metrics are served on the next two (default 18830)
#
set -eu
options='utility meters broker_port'
utility=2 meters=3 broker_port=18830
. "$(dirname -- "$0")/lib.sh"
begin "$@"
consortium --case none
metering=$work/metering
contract=$work/contract.json

step "Household metering for Operator $utility, $meters meters with half a day behind them, and the four programs"
gridproof metering deploy "Operator $utility" --metering "$contract"
{
  echo 'serial,usagePoint,customer'
  n=0
  while [ "$n" -lt "$meters" ]; do
    n=$((n + 1))
    echo "SN-$n,P$n,"
  done
} >"$work/meters.csv"
hours_ago() { node -p "new Date(Date.now() - $1 * 3600e3).toISOString().slice(0, 16) + 'Z'"; }
provision() {
  gridproof metering provision "$work/meters.csv" --folder "$metering" --metering "$contract" --port "$broker_port" \
    --since "$(hours_ago 12)"
}
provision
# run PROGRAM: starts it, and sets `pid`.
run() {
  start metering "$1" "$metering/$1.json" >>"$work/$1.log"
  pid=$!
}
run broker
run mdms
run meters
meters_pid=$pid
run concentrator
lost_pid=$pid
complete() {
  gaps=$(gridproof metering gaps --database "$metering/mdms.sqlite" --json -)
  printf %s "$gaps" | value '`${measured} of ${expected} intervals are there`'
  is_complete "$1"
}
is_complete() {
  [ "$(printf %s "$gaps" | value "usagePoints.length === $1 && usagePoints.every((one) => one.measured > 20 && one.percent === 100)")" = true ]
}
wait_until 60 'every interval by the first concentrator' complete "$meters"

step 'The concentrator is lost, and a meter that came meanwhile has reports that nobody takes'
kill "$lost_pid" && wait "$lost_pid" || true
kill "$meters_pid" && wait "$meters_pid" || true
echo "SN-late,P-late," >>"$work/meters.csv"
provision
run meters

step 'The utility puts a new one in its place'
replaced=$(gridproof metering replace-concentrator --folder "$metering" --metering "$contract" --json -)
lost=$(printf %s "$replaced" | value lost) new=$(printf %s "$replaced" | value account)
echo "instead of $lost: $new"
run concentrator

step 'Check'
wait_until 60 'every interval by the new concentrator' complete $((meters + 1))
# As it was then: in the moment in which another interval ends, some meters have not sent theirs.
check "the MDMS has every interval of $((meters + 1)) meters" is_complete $((meters + 1))
again=$(gridproof metering replace-concentrator "$lost" "$new" --metering "$contract" 2>&1 || true)
check "the contract knows $lost no more" [ "${again#*MeteringNotConcentrator}" != "$again" ]

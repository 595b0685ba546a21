#!/bin/sh
# Back up an operator, and restore it
#
# What an operator has that is nowhere else is backed up while its slots go on: its keys, its worker's history, and its
# validator's chain, which it could also fetch from the others. Then its machine is lost, and restored from the backup; what the
# chain saw in between is caught up with. Nobody else does anything.
#
# Who:    the operator.
# Needs:  nothing: it makes a network of its own with a worker for each operator, and loses one on purpose. So it takes no --dir.
# Checks: the restored validator has the others' chain and seals; the restored worker, whose measurement files are gone, uploaded
#         the rest of the readings out of its history; every slot was settled once with all values; the sum of the credits is
#         what it was.
#
# Options:
#   --slots N   slots that are measured meanwhile, of 2 s each (default 20)
#
set -eu
options='slots'
slots=20
. "$(dirname -- "$0")/lib.sh"
begin "$@"
[ -z "$dir" ] || stop 'it deletes what it restores, so it takes no --dir'
# A restore that is done before the cut-off of the slots that wait for it costs nothing: here three minutes.
consortium --case none --slot-seconds 2 --cut-off 90
total=$(gridproof credits show --json - | value total)
lost=$work/worker-4

step 'Every operator runs its worker, and its meters measure'
for n in $(members); do
  gridproof worker configure "$work/worker-$n" --operator "$n" --measurements "$work/day/operator-$n"
  start worker run "$work/worker-$n/worker.json" >"$work/worker-$n.log"
  # The last of them is the one that is lost.
  worker=$!
done
"$root/scripts/agree-on-grid.sh" --dir "$net"
day=$(gridproof meters simulate "$work/day" --slots "$slots" --json -)
first=$(printf %s "$day" | value first) last=$(printf %s "$day" | value last)
rows=$(printf %s "$day" | value "files.find((file) => file.operator === 'Operator 4').rows")
taken_in() { [ "$(gridproof worker status "$lost/worker.json" --json - | value measurements)" -eq "$rows" ]; }
wait_until 60 'the worker has taken its readings in' taken_in

step 'Back up the validator: its keys, and its chain while it is stopped. The others go on'
# Who can read the backup can seal and vote as the operator.
umask 077
mkdir -p "$work/backup/operators"
gridproof devnet stop 4
cp -Rp "$net/validator-4" "$work/backup/"
gridproof devnet start 4
cp -p "$net/operators/operator-4".* "$work/backup/operators/"

step 'Back up the worker while it runs: its configuration and its history, with the journal of what it sent'
cp -p "$lost/worker.json" "$work/backup/"
gridproof worker backup "$lost/worker.json" --out "$work/backup/worker.sqlite"

step 'The machine is lost: what runs there ends, keys, chain, history and measurement files are gone'
kill -9 "$worker"
gridproof devnet stop 4
rm -rf "$net/validator-4" "$net/operators/operator-4".* "$lost" "$work/day/operator-4"

step 'Restore the validator. It seals only once it has the chain of the others: what it sealed since the backup, too'
cp -Rp "$work/backup/validator-4" "$net/"
cp -p "$work/backup/operators/operator-4".* "$net/operators/"
gridproof devnet start 4

step 'Restore the worker. It signs only once it has read what the chain saw since the backup'
mkdir "$lost"
cp -p "$work/backup/worker.json" "$lost/"
gridproof worker restore "$lost/worker.json" --from "$work/backup/worker.sqlite"
start worker run "$lost/worker.json" >>"$work/worker-4.log"

step 'It uploads what was left, out of its history; the slots are settled'
settled() {
  closed=$(gridproof slot list "$first" "$last" --json - | value closed)
  echo "$closed of $slots slots are settled"
  [ "$closed" -eq "$slots" ]
}
wait_until $((2 * slots + 260)) "all slots settled; see $work/worker-*.log" settled

step 'Check'
gridproof devnet check
check "all $slots slots were settled once, with every value of every operator" \
  [ "$(gridproof slot list "$first" "$last" --json - | value 'slots.filter((s) => s.closings === 1 && s.missing === 0 && s.uploads === 4).length')" -eq "$slots" ]
check "the worker has all its $rows readings, and no measurement file" taken_in
check_sum "$total"

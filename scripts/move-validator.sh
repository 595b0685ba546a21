#!/bin/sh
# Move a validator to another machine
#
# A validator is stopped here, its folder is carried to another machine (here: another folder) and started there by the unit that
# came with it. Its keys and its place among the peers go with it, so nobody votes, and no contract hears of it. There are
# never two copies of it that run: two would seal against each other.
#
# Who:    the operator of the validator.
# Needs:  a network (one is made unless --dir names it); on the other machine geth 1.13 on the path.
# Checks: the validator has the others' chain there and seals; a task over its own node's port there reads the same credits; here
#         it does not run, and its key is gone.
#
# Options:
#   --validator N   its number (default 4)
#   --to FOLDER     where it goes, and stays; needed with --dir (default: a folder that is deleted with the network)
#
set -eu
options='validator to'
validator=4 to=''
. "$(dirname -- "$0")/lib.sh"
begin "$@"
[ -z "$dir" ] || [ -n "$to" ] || stop 'name the folder to move to with --to'
case $to in '') to=$work/moved ;; /*) ;; *) to=$called_from/$to ;; esac
consortium --case none
name=validator-$validator
PATH=$(dirname -- "${GRIDPROOF_GETH:-$HOME/.cache/gridproof/geth-1.13.15/geth}"):$PATH

step 'Write the folders for all machines; this operator takes its own, and nobody another'
# --hosts says where the machines are. The others need no change: they know this one by its key, and it dials them.
gridproof devnet export "$work/export"

step 'Stop it here, first'
# What is said if it fails from here on; by then what runs in the new place has been ended.
way_back="$name runs nowhere now. To go back: GRIDPROOF_DEVNET=$net ./gridproof devnet start $validator, and delete $to, which has its keys"
gridproof devnet stop "$validator"
runs_here() { [ "$(gridproof devnet status --json - | value "validators.find((one) => one.name === '$name').running")" = true ]; }
if runs_here; then stop "$name still runs: nothing is moved"; fi

step 'Carry the folder over: keys, peers, unit; and the chain, which it would have to fetch again otherwise'
mkdir -p "$(dirname -- "$to")"
cp -Rp "$work/export/$name" "$to"
cp -Rp "$net/$name/geth/chaindata" "$to/$name/geth/"
rm -rf "$work/export"

step "Start it there, by what $name.service says"
unit() { sed -n "s/^$1=//p" "$to/$name.service"; }
cd "$to"
eval "$(unit ExecStartPre)"
eval "exec $(unit ExecStart)" >node.log 2>&1 &
node=$!
pids="$pids $node"
# It makes a majority with its peers, and has their chain, before it seals.
eval "$(unit ExecStartPost)" &
ready=$!
pids="$pids $ready"
# The program beside it: the port for its operator's tasks and worker, which leads to none of its keys; watchdog and health.
(cd "$root" && exec node_modules/.bin/node --import tsx workers/devnet/keeper/main.ts "$to" "$validator") >keeper.log 2>&1 &
pids="$pids $!"
ended() { ! kill -0 "$1" 2>/dev/null; }
wait_until 240 "$name seals; see $to/node.log" ended "$ready"
if ended "$node"; then stop "it ended; see $to/node.log"; fi

step 'Here nobody can start it by mistake any more: its keys go'
way_back="$name runs nowhere now, and its only keys are in $to: start it there by $name.service and $name-keeper.service"
rm -rf "$net/$name/keystore" "$net/$name/password" "$net/$name/geth/nodekey"

step 'Check'
# Also what validators seal that do not run here.
gridproof devnet check
if runs_here; then stop "NOT SO: $name runs here no more"; fi
url=http://127.0.0.1:$(value "validators.find((one) => one.number === $validator).rpcPort" <"$to/network.json")
here=$(gridproof credits show --json - | value total)
there=$(GRIDPROOF_DEVNET_URL=$url gridproof credits show --json - | value total)
check "its node at $url reads the same credits, $here" [ "$there" = "$here" ]
# The newest block may be taken back, where two were sealed at once.
has_block() {
  block=$(gridproof devnet check --json -)
  found=$(geth attach --exec "eth.getBlock($(printf %s "$block" | value height)).hash" "sockets/$validator.ipc")
  is_same
}
is_same() { [ "$found" = "\"$(printf %s "$block" | value hash)\"" ]; }
wait_until 20 "it has the others' newest block" has_block
check "it has block $(printf %s "$block" | value height), hash $(printf %s "$block" | value hash)" is_same
check 'its key is here no more' [ ! -e "$net/$name/keystore" ]

# There it stays.
[ -z "$dir" ] || pids=''

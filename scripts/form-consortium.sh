#!/bin/sh
# Form a consortium
#
# Operators start a network with a validator each, found the consortium on it, record who seals for whom, and bring the first
# version of the grid into force. With --dir the network is made there, and stays.
#
# Who:    the operators together. Here all keys lie in one folder; on machines of their own (devnet export) each operator gives
#         the commands that say --as for itself, with --keystore.
# Needs:  geth 1.13, or Go 1.23 with which it is built.
# Checks: the validators have one chain and all seal; every member has its own on record; the credits add up to the deposits; the
#         version is in force (agree-on-grid.sh).
#
# Options:
#   --operators N      how many (default 4)
#   --case NAME        the grid: a file, ieee14 or ieee118 (default ieee14); none: no grid yet
#   --slot-seconds N   length of a slot (default 300)
#   --cut-off N        slots that a slot waits for late data (default 2)
#
set -eu
options='operators case slot_seconds cut_off'
operators=4 case=ieee14 slot_seconds=300 cut_off=2
. "$(dirname -- "$0")/lib.sh"
begin "$@"

step "Start $operators validators, peers of one another"
gridproof devnet up --dir "$net" --validators "$operators" --port "$port" --chain-id "$chain_id"

step 'Found the consortium: the contracts, and the rules that hold until the members vote for others'
# The shortest times that the contracts take, so that a vote can be tried. A real consortium gives itself days.
cat >"$work/rules.json" <<END
{
  "deposit": "1000000000000",
  "vetoSeconds": 0,
  "clock": { "slotSeconds": $slot_seconds, "cutOffSlots": $cut_off },
  "voting": { "supermajority": "2/3", "votingSeconds": 300, "delaySeconds": 60, "executionSeconds": 3600, "confirmationDepth": 3 }
}
END
gridproof deploy --founders "$work/rules.json" --operators "$operators"
everywhere

step 'Each member records its validator, so that all know whose it is, and whom to vote out should the member go'
for n in $(seq "$operators"); do gridproof members node "$n" --as "Operator $n"; done
everywhere

if [ "$case" != none ]; then
  step 'Agree on the grid that the members share'
  "$root/scripts/agree-on-grid.sh" --dir "$net" --case "$case"
fi

step 'Check'
gridproof devnet check
check 'every member has a validator on record, and none is to go' \
  [ "$(gridproof members list --json - | value 'departed.length === 0 && members.every((m) => m.validator && m.node)')" = true ]
credits=$(gridproof credits show --json -)
check "the credits of $operators members add up to $(printf %s "$credits" | value total), what they deposited" \
  [ "$(printf %s "$credits" | value 'members.reduce((sum, m) => sum + BigInt(m.credits), 0n) == 1000000000000n * BigInt(members.length) && total')" \
  = "$((operators * 1000000000000))" ]

if [ -n "$dir" ] && [ -z "$within" ]; then
  printf '\nTo go on with it: export GRIDPROOF_DEVNET=%s GRIDPROOF_DEPLOYMENT=%s HARDHAT_NETWORK=devnet\n' "$net" "$GRIDPROOF_DEPLOYMENT"
fi

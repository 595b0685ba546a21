#!/bin/sh
# Take an operator out
#
# The members expel one of them by vote. Its credits go to the others; its validator is voted out and no node takes it as a peer
# any more; a version of the grid without its meters comes into force.
#
# Who:    any member proposes, as many members vote as carry it; the other validators' operators enforce it.
# Needs:  a network with a consortium (form-consortium.sh) of at least three; one is made unless --dir names it.
# Checks: it is no member and has no credits; its validator is none of those that all nodes take for sealers, and does not
#         run; the version in force has no meter of it; the sum of the credits is what it was.
#
# Options:
#   --operator NAME   who goes (default 'Operator 4')
#
set -eu
options='operator'
operator='Operator 4'
. "$(dirname -- "$0")/lib.sh"
begin "$@"
consortium
total=$(gridproof credits show --json - | value total)
members=$(members "$operator")
validator=$(gridproof members list --json - | value "members.find((m) => m.name === '$operator' && m.active).validator")

step "A member proposes that $operator is expelled, the others vote until the supermajority is reached"
first=${members%% *}
proposal=$(gridproof govern propose --expel "$operator" --reason "$operator goes" --as "Operator $first" --json - | value id)
carry "$proposal" "$members"

step 'After the delay, in which it could still react, anyone has it executed: credits are divided among those who stay'
gridproof govern execute "$proposal" --wait --as "Operator $first"
everywhere

step 'Its validator still seals: the others vote it out, by what members recorded of their validators on the chain'
gridproof devnet enforce

step 'Its values would be missing from now on: a version of the grid without its meters'
# With --mend, meters of those who stay take the place of those without which the grid is not observable.
gridproof grid without "$operator" --mend --out "$work/plan.csv" --case-out "$work/case.json"
"$root/scripts/agree-on-grid.sh" --dir "$net" --case "$work/case.json" --plan "$work/plan.csv"

step 'Check'
gridproof devnet check
check "$operator is no member, and has no credits" \
  [ "$(gridproof members list --json - | value "members.every((m) => m.name !== '$operator' || (!m.active && m.credits === '0'))")" = true ]
check "its validator $validator is none of the network's" \
  [ "$(value "validators.some((one) => one.address === '$validator')" <"$net/network.json")" = false ]
check "no meter of the version in force is $operator's" \
  [ "$(gridproof meters list --json - | value "meters.some((m) => m.owner === '$operator')")" = false ]
check_sum "$total"

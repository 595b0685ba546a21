#!/bin/sh
# Add an operator with its validator
#
# A new operator gets a validator, which follows the chain and is voted in by the others' nodes, and a seat: a member sponsors
# what it starts with, and the members vote.
#
# Who:    the new operator, its sponsor (Operator 1), and as many members as carry a vote.
# Needs:  a network with a consortium (form-consortium.sh); one is made unless --dir names it.
# Checks: the new validator is among those that all nodes take for sealers, and seals; the newcomer is a member with the
#         sponsored credits and its validator on record; the sum of the credits is what it was.
#
# Options:
#   --credits N   what the newcomer starts with, out of the sponsor's credits (default 1000000)
#
set -eu
options='credits'
credits=1000000
. "$(dirname -- "$0")/lib.sh"
begin "$@"
consortium
total=$(gridproof credits show --json - | value total)
members=$(members)

step 'The new validator: keys of its own, let in as a peer, voted in by more than half of the nodes'
# In this order: a member without a validator could not read its own chain.
joined=$(gridproof devnet add --json -)
number=$(printf %s "$joined" | value number)
name=$(printf %s "$joined" | value operator)
account=$(printf %s "$joined" | value account)
echo "validator $number seals for $name ($account)"

step 'The sponsor agrees on the chain to pay, for joining mints nothing, and sends the newcomer what gas costs'
gridproof members sponsor "$account" "$credits" --as 'Operator 1'
gridproof members fund "$account" --as 'Operator 1'

step 'A member proposes the newcomer, the others vote until the supermajority is reached'
proposal=$(gridproof govern propose --admit "$name;$account;Operator 1;$credits" --reason "$name joins" --as 'Operator 1' \
  --json - | value id)
carry "$proposal" "$members"

step 'After the delay, in which who lost the vote could still react, anyone has it executed'
gridproof govern execute "$proposal" --wait --as 'Operator 1'
everywhere

step 'The newcomer records its validator, as every member does'
gridproof members node "$number" --as "$name"
everywhere

step 'Check'
gridproof devnet check
check "$name is a member with $credits credits, and has validator $number on record" \
  [ "$(gridproof members list --json - | value "members.some((m) => m.name === '$name' && m.active && m.credits === '$credits' && m.validator === '$(printf %s "$joined" | value validator)')")" = true ]
check_sum "$total"

#!/bin/sh
# Rotate a validator's key
#
# An operator changes the key with which it seals, as after a loss of care or a change of staff: a validator with a new key
# joins beside the old one, the member records it, and the old one is voted out. All the time more than half of the validators
# seal, and the operator itself misses none of its turns.
#
# Who:    the operator; the other operators' nodes vote.
# Needs:  a network with a consortium (form-consortium.sh); one is made unless --dir names it.
# Checks: the new validator is among those that all nodes take for sealers and the old one is not; the member has the new one on
#         record; blocks went on while it happened; the old key's node does not run.
#
# Options:
#   --operator N   number of the operator (default 2)
#
set -eu
options='operator'
operator=2
. "$(dirname -- "$0")/lib.sh"
begin "$@"
consortium
old=$(gridproof members list --json - | value "members.find((m) => m.name === 'Operator $operator' && m.active).validator")
before=$(gridproof devnet check --json - | value height)

step "A second validator of Operator $operator, with new keys, follows the chain and is voted in"
# The new one first. The other way round the operator would have none for a while, and one more fault among the others could
# halt the chain.
joined=$(gridproof devnet add --operator "$operator" --json -)
number=$(printf %s "$joined" | value number)
new=$(printf %s "$joined" | value validator)
check "both seal, the old $old and the new $new" [ "$(gridproof devnet check --json - | value "['$old', '$new'].every((one) => sealers.includes(one.toLowerCase()))")" = true ]

step "Operator $operator records the new one on the chain: from now on the old one is nobody's"
# Its worker asks the new node from now on: rpcUrl in worker.json.
gridproof members node "$number" --as "Operator $operator"
everywhere

step 'The others vote the old one out: it is no longer on record'
gridproof devnet enforce

step 'Check'
gridproof devnet check
after=$(gridproof devnet check --json -)
check "the new validator $new seals, the old $old does not" \
  [ "$(printf %s "$after" | value "sealers.includes('$new'.toLowerCase()) && !sealers.includes('$old'.toLowerCase())")" = true ]
check "blocks went on, from $before to $(printf %s "$after" | value height)" [ "$(printf %s "$after" | value height)" -gt "$before" ]
check "Operator $operator has the new validator on record" \
  [ "$(gridproof members list --json - | value "members.find((m) => m.name === 'Operator $operator' && m.active).validator")" = "$new" ]

#!/bin/sh
# Agree on the grid
#
# One operator proposes a version of the shared grid, the contract checks that it is sound, and everyone whose meters it changes
# approves what it read back from the chain. Then it comes into force.
#
# Who:    any member proposes; the others approve.
# Needs:  a network with a consortium; one is made unless --dir names it.
# Checks: the version is in force, what it says for people is what its records say for the contract, and all approved it.
#
# Options:
#   --case NAME   the grid: a file, ieee14 or ieee118 (default ieee14)
#   --plan FILE   its meters (default: a flow meter on every line and an injection meter at every bus, divided among the members)
#
set -eu
options='case plan'
case=ieee14 plan=''
. "$(dirname -- "$0")/lib.sh"
begin "$@"
consortium --case none
members=$(members)
first=${members%% *}

step 'Propose it: records for the contract to compute with, and names for people to read'
version=$(gridproof grid propose "$case" ${plan:+--plan "$plan"} --as "Operator $first" --json - | value version)

step 'Let the contract check that every angle is determined by the meters'
gridproof grid prove "$version" --as "Operator $first"
everywhere

step 'Each member reads it back and approves it, if names and records agree and it is content with what changes'
for n in $members; do gridproof grid approve "$version" --as "Operator $n"; done
everywhere

step 'Bring it into force: the slots that start from now on are measured by it'
gridproof grid activate "$version" --as "Operator $first"
everywhere

step 'Check'
shown=$(gridproof grid show "$version" --json -)
check "version $version is in force" [ "$(printf %s "$shown" | value status)" = active ]
check 'its records say what its names do' [ "$(printf %s "$shown" | value 'differences.length')" = 0 ]
check 'every member approved it' \
  [ "$(printf %s "$shown" | value "operators.filter((o) => o.approved).length")" -ge "$(printf %s "$members" | wc -w)" ]

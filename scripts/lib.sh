# What the run-books share; they read it in first. Each begins with `begin "$@"`.
# shellcheck shell=sh disable=SC2034

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# Options that every run-book takes.
dir='' keep=no port=8900 chain_id=20270 within=''
step='what it starts from' steps=0 pids='' way_back=''

# The project's one command, ./gridproof. Tests name another with GRIDPROOF, which is run at the root of the project.
gridproof() { (become_gridproof "$@"); }

# As gridproof, beside the run-book, which ends it.
start() {
  (become_gridproof "$@") &
  pids="$pids $!"
}

become_gridproof() {
  [ -z "${GRIDPROOF-}" ] || cd "$root"
  exec ${GRIDPROOF:-"$root/gridproof"} "$@"
}

# The header of the run-book that was called, and the options.
usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"
  cat <<'END'
Options of all run-books:
  --dir FOLDER     the network to work on, which stays as it is afterwards; its contracts are in GRIDPROOF_DEPLOYMENT, or in
                   FOLDER/chain.json (default: a network is made for the run, and deleted)
  --port N         the first port of a network that is made (default 8900)
  --chain-id N     its chain (default 20270)
  --keep           leave a network that is made as it is, and say where
  --help           this text
GRIDPROOF is the command that is called (default ./gridproof), GRIDPROOF_GETH the engine.
END
}

# Reads the options: those above, and those that the run-book names in `options`, each a variable with its default.
begin() {
  called_from=$(pwd)
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --keep) keep=yes ;;
      --*)
        name=$(printf %s "${1#--}" | tr - _)
        case " dir port chain_id ${options-} " in
          *" $name "*) [ $# -gt 1 ] || stop "$1 needs a value" ;;
          *) stop "there is no option $1; see --help" ;;
        esac
        shift
        eval "$name=\$1"
        ;;
      *) stop "'$1' is no option; see --help" ;;
    esac
    shift
  done
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d)
  # Steps of a run-book that another calls have its name before their number.
  within=${GRIDPROOF_RUN_BOOK:+$(basename -- "$0" .sh) }
  export GRIDPROOF_RUN_BOOK="$0"
  if [ -n "$dir" ]; then
    case $dir in /*) net=$dir ;; *) net=$called_from/$dir ;; esac
  else
    net=$work/network
  fi
  # From here on every command means this network and its contracts. Paths are those of the caller.
  export GRIDPROOF_CWD="$called_from"
  export HARDHAT_NETWORK=devnet GRIDPROOF_DEVNET="$net"
  export GRIDPROOF_DEPLOYMENT="${GRIDPROOF_DEPLOYMENT:-$net/chain.json}"
}

# A network with a consortium to try the run-book on, unless one was named. Arguments go to form-consortium.sh.
consortium() {
  [ -z "$dir" ] || return 0
  "$root/scripts/form-consortium.sh" --dir "$net" --port "$port" --chain-id "$chain_id" "$@"
}

# The numbers of the present members, but for one: they are called Operator 1, Operator 2 and so on.
members() {
  gridproof members list --json - |
    value "members.filter((m) => m.active && m.name !== '${1-}').map((m) => m.name.replace('Operator ', '')).join(' ')"
}

# carry PROPOSAL MEMBERS: one after the other votes for it, until it is carried.
carry() {
  for n in $2; do
    everywhere
    state=$(gridproof govern vote "$1" --as "Operator $n" --json - | value state)
    echo "Operator $n voted for proposal $1, which is $state"
    [ "$state" = open ] || break
  done
  everywhere
}

step() {
  steps=$((steps + 1))
  step=$1
  printf '\n== %s%d. %s\n' "$within" "$steps" "$step"
}

stop() {
  printf '%s: %s\n' "$(basename -- "$0")" "$1" >&2
  exit 1
}

# check WHAT COMMAND…: what was to come out came out, or the run-book fails.
check() {
  what=$1
  shift
  "$@" || stop "NOT SO: $what"
  printf 'checked: %s\n' "$what"
}

# The members' credits add up to what they did before.
check_sum() {
  check "the sum of the credits is $1, as before" \
    [ "$(gridproof credits show --json - | value 'members.reduce((sum, m) => sum + BigInt(m.credits), 0n)')" = "${1}n" ]
}

# wait_until SECONDS WHAT COMMAND…
wait_until() {
  left=$1 what=$2
  shift 2
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || stop "did not come: $what"
    sleep 1
  done
}

# Waits until all nodes that answer here have what the operators sent. What one sent through its own node another has later, and
# where two blocks were sealed at once it may be in none again for a moment; the next command may ask any of them.
everywhere() {
  node -e '
    const { validators, operators } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const headers = { "content-type": "application/json" };
    const count = async (port, account, tag) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getTransactionCount", params: [account, tag] });
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body });
      return Number((await answer.json()).result);
    };
    const counts = async (account, tag) => {
      const each = await Promise.allSettled(validators.map(({ rpcPort }) => count(rpcPort, account, tag)));
      return each.map(({ value }) => value).filter(Number.isInteger);
    };
    const wait = async ({ address }) => {
      const sent = Math.max(...(await counts(address, "pending")));
      while (Math.min(...(await counts(address, "latest"))) < sent) await new Promise((done) => setTimeout(done, 100));
    };
    setTimeout(() => process.exit(1), 60_000).unref();
    operators.forEach(wait);
  ' "$net/network.json" || stop 'did not come: all nodes have what was sent'
}

# Something of the JSON on standard input: an expression over its fields.
value() { node -p "with (JSON.parse(require('fs').readFileSync(0, 'utf8'))) { $1 }"; }

# Ends what was started, tells where it failed.
finish() {
  status=$?
  trap - EXIT
  set +e
  [ "$status" -eq 0 ] || printf '%s: FAILED (status %d) in step %d: %s\n' "$(basename -- "$0")" "$status" "$steps" "$step" >&2
  for pid in $pids; do kill "$pid" 2>/dev/null && wait "$pid"; done
  if [ -n "$dir" ]; then
    [ "$status" -eq 0 ] || [ -z "$way_back" ] || printf '%s\n' "$way_back" >&2
    rm -rf "$work"
  elif [ "$keep" = yes ]; then
    printf 'kept: %s (GRIDPROOF_DEVNET=%s)\n' "$work" "$net"
  else
    [ ! -e "$net/network.json" ] || gridproof devnet reset >/dev/null
    rm -rf "$work"
  fi
  exit "$status"
}

#!/usr/bin/env bash
# Tracks a real training in a scratch repository and shows what clew knows of it afterwards.
# usage: demo.sh CLEW_PROGRAM
set -euo pipefail

clew=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=/usr/bin/python3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
unset CLEW_DIR CLEW_RUN CLEW_SOCKET CLEW_STORE GIT_DIR
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() {
  printf '\033[36m$ %s\033[0m\n' "$*"
  "$@"
}
clew() { "$clew" --no-pager "$@"; }

say "a repository with one modified and one untracked file"
git init -q -b main .
cp "$here/train.py" .
printf '*.npz\n' >.gitignore
git add . && git -c user.name=demo -c user.email=demo@localhost commit -qm "a training script"
printf '\n# a change that was never committed\n' >>train.py
printf 'try larger rates next\n' >ideas.txt
show git status --short

say "three trainings, the last one killed in the middle"
show clew run -n first -t demo -- "$python" train.py --lr 0.1
show clew run -n faster -t demo -m "three times the rate" -- "$python" train.py --lr 0.3
printf '\033[36m$ %s\033[0m\n' "clew run -n slow -- python3 train.py --lr 0.03 --pause 0.2 &   # then: kill -9"
"$clew" run -n slow -t demo -- "$python" train.py --lr 0.03 --pause 0.2 &
front=$!
until "$clew" show slow --json 2>/dev/null | grep -q '"val_acc"'; do sleep 0.2; done
# clew knows the training's process.
first_process='import json, sys; print(json.load(sys.stdin)["processes"][0]["pid"])'
kill -KILL "$("$clew" show slow --json | "$python" -c "$first_process")"
wait "$front" || true

say "what there is"
show clew log
show clew diff first faster
show clew show slow

say "where the model came from"
show clew lineage model.npz

say "the same as W3C PROV"
show clew export first faster slow --format prov-json -o prov.json
"$python" "$here/../prov/validate_prov.py" prov.json

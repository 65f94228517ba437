#!/usr/bin/env bash
# A hyperparameter study: a grid of 3 optimizers × 3 learning rates × 2 dropouts with 3 seeds each,
# 54 real trainings, some stopped early by a rule; then what the hyperparameters did.
# usage: study.sh CLEW_PROGRAM [DIRECTORY]
#
# In DIRECTORY (a scratch one without it) a repository is made, and its pictures end in pictures/.
# While it goes on, `clew -C DIRECTORY watch` in another terminal shows it.
set -euo pipefail

clew=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=/usr/bin/python3
if [[ $# -ge 2 ]]; then
  mkdir -p "$2"
  cd "$2"
else
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
fi
unset CLEW_DIR CLEW_RUN CLEW_SOCKET CLEW_STORE GIT_DIR
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export OMP_NUM_THREADS=1

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() {
  printf '\033[36m$ %s\033[0m\n' "$*"
  "$@"
}
clew() { "$clew" --no-pager "$@"; }

git init -q -b main .
cp "$here/study.py" train.py
git add . && git -c user.name=study -c user.email=study@localhost commit -qm "the training"

say "54 trainings"
# Two at a time: records never mix. What is no better than guessing after 8 epochs is stopped; a run
# that was stopped ends as its training did, by a signal, which xargs is not to see.
for optimizer in sgd momentum adam; do
  for lr in 0.003 0.03 0.3; do
    for dropout in 0 0.5; do
      for seed in 0 1 2; do
        printf '%s\n' "--optimizer $optimizer --lr $lr --dropout $dropout --seed $seed"
      done
    done
  done
done | xargs -P 2 -L 1 sh -c '"$@" || true' run "$clew" run -t study \
  --stop-when 'step >= 7 and val_acc.max < 0.15' -- "$python" train.py --epochs 30 >/dev/null

say "what there is"
show clew log -n 6 --columns optimizer,lr,dropout,seed,val_acc.max
show clew log --best val_acc.max -n 3
show clew log --group-by optimizer,lr --columns val_acc.max

say "what the rule stopped"
show clew log --where "run.state = 'killed'" --columns optimizer,lr,dropout,seed,val_acc.max
show clew show "$(clew log --where "run.state = 'killed'" -n 1 --json | "$python" -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')"

say "which hyperparameters matter"
show clew importance val_acc.max
show clew importance val_acc.max --where 'lr <= 0.03'

say "why the worst run is so much worse than the best one"
best=$(clew log --best val_acc.max -n 1 --json | "$python" -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
worst=$(clew log --worst val_acc.max -n 1 --json | "$python" -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
show clew why "$best" "$worst" --metric val_acc.max

say "how they went"
show clew plot val_acc "$best" "$worst" --width 72 --height 16

say "pictures"
mkdir -p pictures
show clew plot --bars val_acc.max --svg pictures/importance.svg
show clew plot val_acc --where "optimizer = 'adam' and seed = 0" --svg pictures/curves.svg
show clew plot --scatter lr,val_acc.max --svg pictures/scatter.svg
show clew plot --parallel optimizer,lr,dropout,val_acc.max --svg pictures/parallel.svg
show clew plot val_acc --html pictures/curves.html
ls pictures

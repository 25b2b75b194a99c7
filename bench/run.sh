#!/bin/sh
# Measures tomoiki beside the floor, Flask-Admin and a tuned Django admin; writes bench/results.{json,md}. About 7 minutes.
# Further arguments go to run.py and win: bench/run.sh --peers floor --rounds 2 --seconds 1 --cold 1 --out bench/work/quick
set -eu
cd "$(dirname "$0")"
BENCH_HOME=${BENCH_HOME:-$PWD/../../shared/bench}
BENCH_DATA=${BENCH_DATA:-$PWD/work}
export BENCH_HOME BENCH_DATA PYTHONDONTWRITEBYTECODE=1
if [ ! -x work/venv/bin/python ]; then
    python3 -m venv work/venv
    work/venv/bin/pip install --quiet --requirement "$BENCH_HOME/requirements.txt"
fi
exec work/venv/bin/python "$BENCH_HOME/run.py" --sizes 100000 --peers floor,flask-admin,django-tuned \
    --add "$PWD/ours.py:Ours" --rounds 4 --seconds 2 --load-rounds 2 --out "$PWD/results" "$@"

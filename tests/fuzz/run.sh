#!/usr/bin/env bash
# Runs every fuzz target for so many seconds: tests/fuzz/run.sh SECONDS
# Coverage is instrumented by flags of the stable compiler; a finding stays in tests/fuzz/artifacts.
set -euo pipefail
seconds=${1:?usage: run.sh SECONDS}
cd "$(dirname "$0")"
if ! command -v g++ >/dev/null; then
  (apt-get update -qq && apt-get install -y -qq g++) >/dev/null
fi
target=$(cd ../.. && pwd)/target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
# Naming the host as the target keeps the flags away from build scripts.
cargo build --release --quiet --target "$host" --target-dir "$target"
mkdir -p artifacts
# Two at a time: each is one thread.
one() {
  local name=$1 log="$target/$1.log"
  mkdir -p "$target/corpus/$name" "seeds/$name"
  if "$target/$host/release/$name" "$target/corpus/$name" "seeds/$name" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=512 -max_len=4096 -artifact_prefix="artifacts/$name-" >"$log" 2>&1; then
    echo "fuzz $name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log") runs in $seconds s, no finding"
  else
    echo "fuzz $name: a finding"
    tail -n 30 "$log"
    return 1
  fi
}
failed=0
for pair in "yaml expression" "csv rules" pmml; do
  running=()
  for name in $pair; do
    one "$name" &
    running+=("$!")
  done
  for job in "${running[@]}"; do
    wait "$job" || failed=1
  done
done
exit "$failed"

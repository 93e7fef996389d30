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
failed=0
for name in yaml expression csv pmml rules; do
  mkdir -p "$target/corpus/$name"
  log="$target/$name.log"
  mkdir -p "seeds/$name"
  if "$target/$host/release/$name" "$target/corpus/$name" "seeds/$name" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=512 -max_len=4096 -artifact_prefix="artifacts/$name-" >"$log" 2>&1; then
    runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log")
    echo "fuzz $name: $runs runs in $seconds s, no finding"
  else
    failed=1
    echo "fuzz $name: a finding"
    tail -n 30 "$log"
  fi
done
exit "$failed"

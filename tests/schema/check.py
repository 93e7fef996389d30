"""Validates every rule file that ships against the JSON Schema that the command prints.

The validator and the YAML reader (1.2, as editors use) are independent of Xinpei. A file with an
unknown key must be refused, or the schema checks nothing.

Usage: check.py XINPEI ROOT
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

KINDS = {
    "rulebook": "rulebook.yaml",
    "facts": "facts/*.yaml",
    "sections": "sections/*.yaml",
    "grades": "grades.yaml",
    "outcomes": "outcomes/*.yaml",
    "products": "products/*.yaml",
    "tiers": "tiers.yaml",
    "measures": "measures/*.yaml",
    "functions": "scripts/functions.yaml",
    "cases": "cases/*.yaml",
    "mapping": "mapping.yaml",
}


def plain(value: Any) -> Any:
    """What JSON can hold: keys as text, dates as text."""
    if isinstance(value, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return str(value)


def main() -> int:
    """Checks all files; the number of mistakes is the result."""
    command, root = sys.argv[1], Path(sys.argv[2])
    yaml = YAML(typ="safe")
    mistakes = files = 0
    for kind, pattern in KINDS.items():
        schema = json.loads(subprocess.run([command, "schema", kind], check=True, capture_output=True).stdout)
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        folders = ["examples/*"] if kind == "mapping" else ["rules/*/*", "tests/rulesets/*/*"]
        for path in sorted(path for folder in folders for path in root.glob(f"{folder}/{pattern}")):
            files += 1
            content = plain(yaml.load(path.read_text(encoding="utf-8")))
            for error in validator.iter_errors(content):
                mistakes += 1
                print(f"{path.relative_to(root)}: {error.json_path}: {error.message[:200]}")
            if validator.is_valid({**content, "bogus": 1}):
                mistakes += 1
                print(f"{path.relative_to(root)}: the schema takes an unknown key")
    print(f"{files} rule files against {len(KINDS)} schemas: {mistakes} mistakes")
    return min(mistakes, 1)


if __name__ == "__main__":
    sys.exit(main())

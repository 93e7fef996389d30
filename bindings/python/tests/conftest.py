"""What the tests share: the repository, the command, and dossiers with known keys."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xinpei

ROOT = Path(__file__).resolve().parents[3]
AS_OF = "2026-06-30"

Command = Callable[..., str]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test starts in English, whatever the one before chose."""
    xinpei.language("en")
    yield
    xinpei.language("en")


@pytest.fixture(scope="session")
def yuanhe() -> xinpei.Rulebook:
    return xinpei.Rulebook.load(ROOT / "rules" / "yuanhe", as_of=AS_OF)


@pytest.fixture(scope="session")
def sme() -> xinpei.Rulebook:
    return xinpei.Rulebook.load(ROOT / "rules" / "sme-size")


@pytest.fixture(scope="session")
def command() -> Command:
    """Runs the command that the workspace built (`cargo build --package xinpei-cli`)."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = target / "debug" / "xinpei"
    assert binary.is_file(), f"{binary} is missing: cargo build --package xinpei-cli"

    def run(*arguments: str | Path) -> str:
        words = [str(word) for word in arguments]
        done = subprocess.run([binary, *words], check=True, capture_output=True, cwd=ROOT)
        return done.stdout.decode()

    return run


def code(number: int) -> str:
    """A unified social credit code by GB 32100: the last character is a check digit modulo 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = f"MA{number:06d}"
    # GB 11714: the ninth character of the organisation's part, modulo 11 over 36 characters.
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(letters.index(c) * w for c, w in zip(organisation, weights, strict=True)) % 11) % 11
    body = "91000000" + organisation + ("X" if check == 10 else str(check))
    total = sum(alphabet.index(c) * pow(3, at, 31) for at, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]

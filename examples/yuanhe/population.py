"""The 500 fictitious enterprises: codes, names, size, quality, and the random draws behind them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

SEED = 20260630
AS_OF = date(2026, 6, 30)
ENTERPRISES = 500
CARELESS = 40  # enterprises on whose rows unreadable cells are planted

T = TypeVar("T")

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
UNIT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Sector → share of the population, words for names, needs (trade licence, safety licence, discharge permit).
SECTORS: dict[str, tuple[float, str, str]] = {
    "electronics": (0.15, "电子", "p"),
    "materials": (0.11, "新材料", "p"),
    "machinery": (0.14, "机械", "p"),
    "energy": (0.08, "新能源", "p"),
    "chemicals": (0.06, "医药化工", "lsp"),
    "food": (0.09, "食品", "lp"),
    "textiles": (0.07, "服饰", "p"),
    "construction": (0.08, "建设工程", "ls"),
    "trade": (0.10, "商贸", ""),
    "logistics": (0.06, "物流", "l"),
    "services": (0.06, "企业服务", ""),
}
FIRST = "晨启恒锦云博瑞森宏澄远朗卓舜禾景翌昭渝沐"
SECOND = "泰源川岳澜辰航图诺达凯越鼎丰桥麟峰畅远禾"


class Draws:
    """Random draws built on `random()` alone: the one method whose sequence Python promises to keep for a seed."""

    def __init__(self, *name: object) -> None:
        self._next = random.Random(":".join(str(part) for part in (SEED, *name))).random

    def unit(self) -> float:
        return self._next()

    def chance(self, p: float) -> bool:
        return self._next() < p

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._next() * (high - low + 1))

    def normal(self) -> float:
        """Close to N(0, 1): twelve uniforms less six, so that no libm is involved."""
        total = -6.0
        for _ in range(12):  # not `sum`, which rounds otherwise since Python 3.12
            total += self._next()
        return total

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._next() * len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        mark = self._next() * sum(options.values())
        for option, weight in options.items():
            mark -= weight
            if mark < 0:
                return option
        return next(reversed(list(options)))

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.between(0, max(0, (last - first).days)))

    def recent(self, days: int) -> date:
        """A day within `days` before the as-of date, but before the departments delivered."""
        return AS_OF - timedelta(days=self.between(15, days))


def code(serial: int) -> str:
    """A unified social credit code in region 000000, with both check characters (GB 11714, GB 32100)."""
    unit = f"MA{serial:06d}"
    total = sum(int(c, 36) * w for c, w in zip(unit, UNIT_WEIGHTS, strict=True))
    unit += {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    body = "91000000" + unit
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[(31 - total % 31) % 31]


def step(q: float, *rungs: tuple[float, T], top: T) -> T:
    """The answer of the first rung that lies above q."""
    return next((answer for below, answer in rungs if q < below), top)


def months(last: date, count: int) -> list[date]:
    """The first days of `count` months up to the month of `last`, oldest first."""
    index = last.year * 12 + last.month - 1
    return [date(i // 12, i % 12 + 1, 1) for i in range(index - count + 1, index + 1)]


@dataclass(frozen=True)
class Enterprise:
    """One fictitious enterprise; every department draws its own records from these."""

    index: int
    code: str
    name: str
    sector: str
    size: str
    quality: float  # latent, N(0, 1)
    established: date
    employees: int
    revenue: int  # fen, last year
    growth: float  # of revenue over the year before
    statements: bool  # whether it hands in financial statements
    status: str
    ended: date | None  # the day from which it no longer operates
    careless: bool
    unknown: bool  # only the registrar knows it

    def q(self, department: str) -> float:
        """Quality as one department sees it: 0.7 of the latent quality, 0.71 of its own noise."""
        return 0.7 * self.quality + 0.71 * Draws("view", department, self.index).normal()

    def draws(self, department: str) -> Draws:
        return Draws("records", department, self.index)

    def needs(self, permit: str) -> bool:
        return permit in SECTORS[self.sector][2]

    def active_months(self, last: date, count: int) -> list[date]:
        """The months in which it could leave records."""
        return [m for m in months(last, count) if m > self.established and (self.ended is None or m < self.ended)]


def enterprises() -> list[Enterprise]:
    """All 500, in the order of their codes."""
    names: set[str] = set()
    careless = set(sorted(range(ENTERPRISES), key=lambda i: Draws("careless", i).unit())[:CARELESS])
    return [_enterprise(i, names, i in careless) for i in range(ENTERPRISES)]


def _enterprise(index: int, names: set[str], careless: bool) -> Enterprise:
    d = Draws("enterprise", index)
    quality = d.normal()
    quality = min(quality, 0.4 + 0.6 * (quality - 0.4))  # nobody is excellent everywhere
    sector = d.weighted({name: share for name, (share, _, _) in SECTORS.items()})
    size = step(0.5 * quality + d.normal(), (0.0, "micro"), (1.0, "small"), top="medium")
    low, high = {"micro": (300_000, 5_000_000), "small": (3_000_000, 40_000_000), "medium": (30_000_000, 380_000_000)}[
        size
    ]
    u = d.unit()
    revenue = int((low + (high - low) * u * u) * 100)
    low, high = {"micro": (2, 19), "small": (20, 150), "medium": (100, 480)}[size]
    employees = low + int((high - low) * (0.6 * u + 0.4 * d.unit()))
    days = d.weighted({(20, 364): 0.06, (365, 1095): 0.14, (1096, 3650): 0.45, (3651, 9000): 0.35})
    established = AS_OF - timedelta(days=d.between(*days))
    status = d.weighted({"operating": 970, "suspended": 12, "deregistered": 8, "revoked": 10 if quality < 0 else 1})
    return Enterprise(
        index=index,
        code=code(index + 1),
        name=_name(d, SECTORS[sector][1], names),
        sector=sector,
        size=size,
        quality=quality,
        established=established,
        employees=employees,
        revenue=revenue,
        growth=min(0.8, max(-0.6, 0.02 + 0.16 * (0.6 * quality + 0.8 * d.normal()))),
        statements=d.chance({"micro": 0.62, "small": 0.86, "medium": 0.98}[size]),
        status=status,
        ended=None if status == "operating" else d.day(max(established, date(2025, 7, 1)), date(2026, 5, 31)),
        careless=careless,
        unknown=not careless and d.chance(0.014),
    )


def _name(d: Draws, trade: str, taken: set[str]) -> str:
    """A name that says itself that it is made up."""
    while True:
        name = f"{d.pick(FIRST)}{d.pick(SECOND)}{trade}（虚构）有限公司"
        if name not in taken:
            taken.add(name)
            return name

"""What several departments share: columns, words, and how business runs through the year."""

from __future__ import annotations

from datetime import date

from population import Draws, Enterprise, step
from table import Cell, Column

KEY = Column("统一社会信用代码", "key")
NAME = Column("企业名称", "name")
PERMITS = {"not_needed": "无需许可", "valid": "有效", "expired": "已过期", "absent": "应有未有"}
LEVELS = {"county": "县级", "city": "市级", "province": "省级", "national": "国家级"}
TAX = {"A": "A级", "B": "B级", "M": "M级", "C": "C级", "D": "D级"}


def gap(d: Draws, value: Cell, p: float = 0.02) -> Cell:
    """A cell that the department sometimes leaves empty."""
    return None if d.chance(p) else value


def permit(d: Draws, needed: bool, q: float) -> str:
    """A licence or permit: worse enterprises let it lapse."""
    return step(q, (-2.3, "absent"), (-1.7, "expired"), top="valid") if needed else "not_needed"


def season(month: date) -> int:
    """Business in a month, per mille of the average: quiet around the spring festival, busy at the year's end."""
    return (930, 720, 980, 1010, 1020, 1030, 990, 980, 1050, 1040, 1090, 1160)[month.month - 1]


def sales(e: Enterprise, month: date) -> int:
    """Sales of one month in fen; the twelve months of 2025 add up to the revenue, but for what is not declared."""
    per_year = e.revenue if month.year == 2025 else int(e.revenue * (1 + 0.6 * e.growth))
    return per_year * season(month) // 12_000


def revenue(e: Enterprise) -> int:
    """Revenue of 2025 in fen, of the months in which it operated."""
    return sum(sales(e, m) for m in e.active_months(date(2025, 12, 1), 12))

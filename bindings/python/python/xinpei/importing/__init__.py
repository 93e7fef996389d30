"""Scorecards of other programs as rulebooks.

Each function reads the live object: its split points and points, not the labels that it prints. None of the
other programs is needed to import this package. A float becomes an exact decimal only by the digits that the
caller declares: `digits` of the values of each column, `point_digits` of the points.

The facts keep the names of the columns as their labels, so frames of the other program are scored with::

    rulebook.score(frame, as_of=day, key="code", mapping={fact.label: fact.id for fact in rulebook.facts})
"""

from xinpei.importing._optbinning import from_optbinning
from xinpei.importing._pmml import from_pmml
from xinpei.importing._points import from_points
from xinpei.importing._scorecardpy import from_scorecardpy
from xinpei.importing._toad import from_toad

__all__ = ["from_optbinning", "from_pmml", "from_points", "from_scorecardpy", "from_toad"]

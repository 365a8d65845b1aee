"""Errors nobody foresaw, told without what they say: their words may hold data (guarantee A8)."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


def report(error: BaseException) -> None:
    """Log a programming error by its kind and place, never by its words; a group by each of its errors."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            report(one)
        return
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    where = "?" if frames is None else f"{frames.tb_frame.f_code.co_qualname}:{frames.tb_lineno}"
    log.error("unexpected %s in %s", type(error).__name__, where)

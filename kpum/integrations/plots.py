"""Where the bars of a plot stand: pure reasoning over numbers; the template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One bar in the plot's own units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True)
class Plot:
    """Bars side by side in a box, the highest value, and the box's size."""

    bars: tuple[Bar, ...]
    top: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to see."""
        return self.top == 0


def bars(values: Sequence[tuple[str, int]], *, width: int, height: int) -> Plot:
    """Return a plot with one bar for each (label, value); what is not nothing is at least visible."""
    top = max((value for _label, value in values), default=0)
    step = width / max(1, len(values))
    drawn = []
    for number, (label, value) in enumerate(values):
        tall = max(1.0, height * value / top) if value else 0.0
        drawn.append(
            Bar(
                x=round(number * step, 2),
                y=round(height - tall, 2),
                width=round(step * 0.8, 2),
                height=round(tall, 2),
                label=label,
                value=value,
            )
        )
    return Plot(tuple(drawn), top, width, height)


def lengths(values: Sequence[int], *, width: int, height: int) -> list[Plot]:
    """Return a plot with one lying bar for each value, all to the same scale."""
    top = max(values, default=0)
    return [
        Plot(
            (Bar(0, 0, max(1.0, round(width * value / top, 2)), height, "", value),)
            if value
            else (),
            value,
            width,
            height,
        )
        for value in values
    ]

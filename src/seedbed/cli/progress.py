"""Progress bars for steps that last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from seedbed.journey.keyboard import stop_if_asked


@contextmanager
def shown(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function ``(step, done, total)`` that keeps one bar for each step."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def step(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            stop_if_asked()
            bars.update(tasks[name], completed=done, total=total)

        yield step


@contextmanager
def shown_in_one(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function ``(text, done, total)`` that keeps one bar, and says on it what is done now."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        only = bars.add_task("", total=1)

        def step(text: str, done: int, total: int) -> None:
            stop_if_asked()
            new = bars.tasks[only].description != escape(text)
            bars.update(only, description=escape(text), completed=done, total=total, refresh=new)

        yield step

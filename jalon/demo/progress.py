"""A progress bar on standard error."""

import sys
import time

WIDTH = 30


class Progress:
    def __init__(self, label: str, total: int) -> None:
        self.label, self.total = label, max(total, 1)
        self.shown = -1
        self.started = time.monotonic()
        self(0)

    def __call__(self, done: int) -> None:
        share = min(done / self.total, 1.0)
        step = int(share * 100)
        if step == self.shown:
            return
        self.shown = step
        bar = "█" * int(share * WIDTH)
        end = "\r" if sys.stderr.isatty() else ""
        if end or step % 20 == 0:
            print(f"{end}{self.label} {bar:<{WIDTH}} {step:3d} %", end=end or "\n", file=sys.stderr, flush=True)

    def done(self) -> None:
        self(self.total)
        took = time.monotonic() - self.started
        print(
            f"\n{self.label} : {took:.1f} s" if sys.stderr.isatty() else f"{self.label} : {took:.1f} s", file=sys.stderr
        )

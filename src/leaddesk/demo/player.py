"""One more client window in a process of its own: for the tour, and for the windows beside the demo.

``python -m leaddesk.demo.player [WRITE_FD]``; standard input brings one line of JSON (who and where), then
the tour's commands. With WRITE_FD the painted words go there. Credentials never stand in arguments.
The process ends with its input. As in the front door nothing is imported before the guard is entered.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Enter the guard, then open the window."""
    from leaddesk.guard.entering import begin
    from leaddesk.settings.environment import disarm

    begin()
    disarm(os.environ)
    from leaddesk.demo.playing import play, read_line, read_part

    return play(read_part(read_line()), int(sys.argv[1]) if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m leaddesk.server``: the server as a child of the demo; see :mod:`leaddesk.demo.child`."""

import sys

from leaddesk.server.run import run_child

if __name__ == "__main__":
    sys.exit(run_child(int(sys.argv[1])))

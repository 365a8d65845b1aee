"""The client without its guard, to measure what that costs; arguments as the client's."""

import runpy

import leaddesk.guard.entering as guard
from leaddesk.guard.links.opener import Opener

if __name__ == "__main__":
    guard.begin = lambda: guard.Hold(Opener())
    runpy.run_module("leaddesk", run_name="__main__")

"""leaddesk: the desktop client for partner sales, and its reference server (extra ``server``).

Imports nothing. The one line of code below keeps Python from writing byte code: a workstation holds
nothing on disk (measure A3, guarantee A1), and this file is the first of ours that Python runs.
"""

import sys

sys.dont_write_bytecode = True

"""A demo server ends when its parent ends, however that one ends: end of the pipe, and a kernel signal."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LAST_RESORT_SECONDS = 5.0


def end_with_parent(pipe: int) -> None:
    """Send this process SIGTERM when the other end of ``pipe`` closes; soon after it is gone anyway.

    On Linux the kernel does the same when the parent's thread that started us dies (prctl(2)).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_wait, args=(pipe,), daemon=True, name="leash").start()


def _wait(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_RESORT_SECONDS)
    os._exit(1)

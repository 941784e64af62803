"""Defer Ctrl-C while TensorFlow and Keras work, which do not handle it there.

When TensorFlow makes a tensor, its C code calls Python for the context, and a
``KeyboardInterrupt`` may be raised there. TensorFlow ignores the exception and goes on
without a context, which ends in a ``SystemError`` or a crash. While a network is built
and traced, Keras ignores exceptions of all kinds in some places, and builds something
else; and an exception on entering one of its scopes leaves the scope entered for ever.
"""

import signal
import threading


class InterruptLater:
    """Defer Ctrl-C inside a ``with`` statement to its end.

    A second Ctrl-C is not deferred: code of the user's may run inside, and never end.
    """

    # Python runs signal handlers in the main thread only.
    def __enter__(self):
        self._handler, self._held, self._holds = None, None, False
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):
                self._handler = handler
                signal.signal(signal.SIGINT, self._hold)
                self._holds = True

    def __exit__(self, *error):
        if self._handler is not None:
            self._holds = False
            signal.signal(signal.SIGINT, self._handler)
            if self._held is not None:
                self._handler(*self._held)

    def _hold(self, *details):
        if self._holds and self._held is None:
            self._held = details
        else:  # the second one, or while entering or leaving the with statement
            self._handler(*details)

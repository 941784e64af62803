"""Ctrl-C, held back where TensorFlow would take it for an error of its own.

When it makes a tensor, TensorFlow asks Python for its context, and Ctrl-C may come
there. TensorFlow ignores that and goes on without a context: to a ``SystemError``, or
to a crash.
"""

import signal
import threading


class InterruptLater:
    """Hold Ctrl-C back inside a ``with`` statement, and let it come at the end."""

    # Only the main thread hears of signals.
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
        if self._holds:
            self._held = details
        else:  # on the way in or out
            self._handler(*details)

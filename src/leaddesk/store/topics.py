"""Change topics: plain publish and subscribe, synchronous, in order."""

import weakref
from collections.abc import Callable
from types import MethodType
from typing import Generic, TypeVar

from leaddesk.personal.unexpected import report

T = TypeVar("T")
Callback = Callable[[T], object]


class Subscription:
    """A handle that ends a subscription; closing twice is fine."""

    __slots__ = ("_forget",)

    def __init__(self, forget: Callable[[], None]) -> None:
        self._forget: Callable[[], None] | None = forget

    def close(self) -> None:
        """End the subscription; nothing is delivered afterwards, not even the message being published."""
        forget, self._forget = self._forget, None
        if forget is not None:
            forget()


class Topic(Generic[T]):
    """Delivers messages to whoever subscribed, at once and in order of subscription.

    Bound methods are held weakly: a subscriber that is gone unsubscribes itself. Functions and lambdas
    are held until their :class:`Subscription` is closed. Callbacks may subscribe and close while a
    message is delivered. One that raises keeps the message neither from the others nor the publisher from
    going on: its error is reported.
    """

    def __init__(self) -> None:
        self._callbacks: dict[int, Callable[[], Callback[T] | None]] = {}
        self._last = 0

    def subscribe(self, callback: Callback[T]) -> Subscription:
        """Deliver every later message to ``callback``."""
        self._last += 1
        number = self._last
        if isinstance(callback, MethodType):
            self._callbacks[number] = weakref.WeakMethod(callback)
        else:
            self._callbacks[number] = lambda: callback
        return Subscription(lambda: self._callbacks.pop(number, None) and None)

    def publish(self, message: T) -> None:
        """Deliver ``message`` to all; a subscriber's error is its own affair and only reported."""
        for number, held in list(self._callbacks.items()):
            callback = held()
            if callback is None:
                self._callbacks.pop(number, None)
            elif number in self._callbacks:
                try:
                    callback(message)
                except Exception as error:
                    report(error)

    def close(self) -> None:
        """Forget all subscribers."""
        self._callbacks.clear()

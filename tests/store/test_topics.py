import pytest

from leaddesk.store.topics import Topic


class Listener:
    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, message: int) -> None:
        self.heard.append(message)


def test_messages_arrive_at_once_and_in_order_of_subscription() -> None:
    topic: Topic[int] = Topic()
    heard: list[tuple[str, int]] = []
    topic.subscribe(lambda message: heard.append(("first", message)))
    topic.subscribe(lambda message: heard.append(("second", message)))
    topic.publish(7)
    assert heard == [("first", 7), ("second", 7)]


def test_a_closed_subscription_hears_nothing_not_even_the_message_under_way() -> None:
    topic: Topic[int] = Topic()
    listener = Listener()
    topic.subscribe(lambda _: subscription.close())
    subscription = topic.subscribe(listener.hear)
    topic.publish(1)
    subscription.close()
    topic.publish(2)
    assert listener.heard == []


def test_a_listener_that_is_gone_is_forgotten() -> None:
    topic: Topic[int] = Topic()
    listener = Listener()
    heard = listener.heard
    topic.subscribe(listener.hear)
    del listener
    topic.publish(1)
    assert heard == []


@pytest.mark.warns("leaddesk.personal.unexpected")
def test_a_failing_listener_stops_neither_the_others_nor_the_publisher(
    caplog: pytest.LogCaptureFixture,
) -> None:
    topic: Topic[int] = Topic()
    listener = Listener()

    def fail(message: int) -> None:
        raise ValueError("Anna Meyer")

    topic.subscribe(fail)
    topic.subscribe(listener.hear)
    topic.publish(1)
    topic.publish(2)
    assert listener.heard == [1, 2]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "ValueError in" in caplog.text
    assert "Meyer" not in caplog.text


def test_subscribing_while_a_message_is_delivered_hears_the_next_one() -> None:
    topic: Topic[int] = Topic()
    listener = Listener()
    late: list[object] = []
    topic.subscribe(lambda _: late.append(topic.subscribe(listener.hear)) if not late else None)
    topic.publish(1)
    topic.publish(2)
    assert listener.heard == [2]


def test_a_closed_topic_forgets_everybody() -> None:
    topic: Topic[int] = Topic()
    listener = Listener()
    topic.subscribe(listener.hear)
    topic.close()
    topic.publish(1)
    assert listener.heard == []

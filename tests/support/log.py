"""Finds lines in Postern's log."""
import time


def event_line(demo, event, request_id):
    """The line of an event of a request; some are written after the answer."""
    for _ in range(250):
        for line in demo.log().splitlines():
            if f" request={request_id} " in line and f" event={event} " in line:
                return line
        time.sleep(0.02)
    raise AssertionError(f"no line of {event} for {request_id}")


def access_line(demo, request_id):
    return event_line(demo, "request", request_id)

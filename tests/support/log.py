"""Finds lines in Postern's log."""
import time


def access_line(demo, request_id):
    """The access line of a request; it is written after the answer."""
    for _ in range(250):
        for line in demo.log().splitlines():
            if f" request={request_id} " in line and " event=request " in line:
                return line
        time.sleep(0.02)
    raise AssertionError(f"no access line for {request_id}")

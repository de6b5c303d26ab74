"""What Postern does by itself, without a request."""
import time


def test_the_audit_log_gets_its_partitions_when_postern_starts(new_demo):
    demo = new_demo()
    demo.start()
    last = demo.psql("SELECT max(relname) FROM pg_class WHERE relkind = 'r' AND relname ~ '^audit_events_[0-9]'")[0][0]
    demo.psql(f'DROP TABLE postern."{last}"')
    demo.kill()
    demo.start()
    for _ in range(50):
        if demo.psql("SELECT to_regclass(%s) IS NOT NULL", f"postern.{last}")[0][0]:
            return
        time.sleep(0.1)
    raise AssertionError(f"{last} did not come back")

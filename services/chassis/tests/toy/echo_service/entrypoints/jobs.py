import os
from pathlib import Path

from chassis import log
from chassis.jobs import Later, finish

from echo_service.bootstrap import ECHO


def handlers(settings, pool):
    def work(job):
        if Path(os.environ.get("JOB_TROUBLE", "/nonexistent")).exists():
            raise Later("what this needs is away")
        with pool.transaction() as cur:
            log.record(cur, __import__("uuid").UUID(job.args["subject"]), "Worked", {}, actor=ECHO)
            finish(cur, job)

    return {"work": work}

"""Reading to the end without a gap

Thirty-two processes write a million facts, alone and in batches, roll some back and have their
connections broken off, while another keeps transactions open for seconds and autovacuum is at work.
One reader follows meanwhile, as relay, sealer and projections do. At the end its positions are
compared with those in the table.
"""

from tests.bench import gap
from tests.bench.lab import Lab
from tests.bench.measuring import Result

EVENTS, WRITERS = 1_000_000, 32


def measure(lab: Lab) -> Result:
    result = Result()
    found = gap.run(EVENTS, WRITERS)
    result.add("written", found["written"], "facts", f">= {EVENTS:,}")
    result.add("lost to the reader", found["lost"], "facts", "<= 0")
    result.add("read twice or out of order", found["duplicates"], "facts", "<= 0")
    result.add("connections broken off", found["kills"], "times")
    result.add("written and read", found["written"] / found["seconds"], "facts/s")
    return result

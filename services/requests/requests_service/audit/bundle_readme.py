"""The README of every export."""

README = """\
EXPORT OF THE AUDIT LOG

What is in this zip

  manifest.json    what was asked for, how many facts there are, and the SHA-256 of each file
  events.jsonl     the facts, one JSON object a line: the fifteen keys that are sealed, `leaf_index`
                   (its place in the sealed log) and `state`, the stored bytes as text
  checkpoint.txt   the signed state of the whole log under which this export was made
  keys.txt         the keys with which the log says it signs
  leaves.bin       only in an export of the whole log: the hash of each leaf, 32 bytes each
  proofs.jsonl     only in a part of it: for each fact the proof that it is in the signed log
  verify_log.py    checks all of this, without network
  events.csv, events.parquet, events.xes, events.ocel.json
                   the same facts in the formats that were asked for

How to check it

  python3 -m pip install cryptography
  python3 verify_log.py THIS.zip --key VERIFIER_KEY

Take the verifier key, and best verify_log.py too, from somebody other than who gave you this zip:
the office that runs the witness, an older export, the page of the log. keys.txt is a convenience.

What it proves

  The whole log: that nothing was changed, taken away or put in since it was signed.
  A part: that each fact is in the signed log as it stands here. Not that no fact was left out: ask
  for the whole, or for the sealed log's size then and now.
  Facts that were recorded but not sealed yet are left out; `up_to_position` in manifest.json says
  how far it reaches. The other formats are made from the same facts and are not sealed themselves.

How to read it

  Times are UTC. `occurred_at` is when it happened, `recorded_at` when it was written.
  No fact names a citizen. Fields that end in `_sealed` are encrypted under a key of that person and
  are readable by nobody outside the office, and by nobody at all once the person was erased.
  events.csv: a cell that begins with = + - @ ' or a control character has a ' put before it, so
  that no spreadsheet executes it; take one ' away from such a cell to have the value.
  events.xes: a trace is a request; what is about no request stands in traces of its own.
  events.ocel.json: objects are requests, letters, files, agencies and officers.
  In both, encrypted texts are left out.
"""

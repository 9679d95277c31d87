"""What happened here, in the order in which it happens."""

ORIGINAL_RECEIVED = "OriginalReceived"
"""The PPID Pembantu (or the PPID) sent a file; it is kept sealed. Inside only."""

ORIGINAL_SCANNED = "OriginalScanned"
"""Which columns hold which kinds of personal data. Inside only."""

ORIGINAL_READ = "OriginalRead"
"""Somebody (the actor) looked at the unmasked rows. Published."""

MASKING_APPROVED = "MaskingApproved"
"""The PPID chose a way for every column that was found. Inside only."""

MASKING_REFUSED = "MaskingRefused"
"""Something personal was left in the masked file, so it was not released. Inside only."""

CLEARANCE_PROPOSED = "ClearanceProposed"
"""The result is ready and waits for a second officer, where the city asks for one. Published."""

CLEARANCE_SENT_BACK = "ClearanceSentBack"
"""The second officer, or the first, wants it looked at again. Published."""

DATA_MASKED = "DataMasked"
"""Step 10. The masked file may be given. Published."""

DATA_FOUND_CLEAN = "DataFoundClean"
"""Step 10. The PPID declared the file free of personal data. Published."""

PERSON_FORGOTTEN = "PersonForgotten"
"""Answer to PersonErased: the files of the request can be read by nobody any more. Published."""

DATA_DOWNLOADED = "DataDownloaded"
"""A file that may be given was fetched. Inside only."""

PAPER_RECEIVED = "PaperReceived"
"""The Pemohon, or the PPID for them, sent one of the Pemohon's own papers. Published."""

PAPER_READ = "PaperRead"
"""An officer (the actor) opened such a paper. Published."""

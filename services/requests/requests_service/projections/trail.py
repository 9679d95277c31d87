"""The audit trail as a table: what auditors filter by, beside the position of each fact."""

from typing import Any

from requests_service.projections.runner import Projection

_FOLD = """
    INSERT INTO trail (
      position, stream, version, type, request_id, register_number, actor, role, agency,
      occurred_at, recorded_at, step, next_step, was_due, late, statutory_due, causation,
      letter, issued_on, fields, told)
    SELECT
      position, stream, version, type,
      -- A fact of a request's own stream has its number; those beside it name the request, but for
      -- what was done about a message, which belongs to whatever the message was about.
      CASE
        WHEN s ? 'register_number' THEN stream
        WHEN type IN ('MessageRedriven', 'MessageDiscarded') THEN
          (SELECT request_id FROM registrations WHERE request_id::text = correlation)
        ELSE (s ->> 'request_id')::uuid
      END,
      s ->> 'register_number',
      actor, role, coalesce(agency, s ->> 'agency'), occurred_at, recorded_at,
      (s ->> 'step')::integer, (s ->> 'next_step')::integer, (s ->> 'was_due')::date,
      coalesce((s ->> 'late')::boolean, FALSE), (s ->> 'statutory_due')::date, causation,
      -- A letter is a letter once: who opened it later is a reading.
      CASE WHEN type <> 'LetterRead' THEN s ->> 'letter' END, (s ->> 'issued_on')::date,
      CASE type
        WHEN 'PersonalDataRead' THEN ARRAY(
          SELECT jsonb_array_elements_text((s -> 'fields') || coalesce(s -> 'texts', '[]')))
        WHEN 'OriginalRead' THEN ARRAY['original']
        WHEN 'PaperRead' THEN ARRAY['papers']
        WHEN 'LetterRead' THEN ARRAY[s ->> 'letter']
      END,
      nullif(concat_ws(' ',
        s ->> 'number', s ->> 'letter_id', s ->> 'filename', s ->> 'title', s ->> 'dip_entry',
        s ->> 'cites', s ->> 'reason_code', s ->> 'article', s ->> 'decision', s ->> 'ground',
        s ->> 'mail', s ->> 'digest', s ->> 'dataset', s ->> 'message_id'), '')
    FROM (
      SELECT *, convert_from(state, 'UTF8')::jsonb AS s
      FROM facts
      WHERE position > %s AND position <= %s
      OFFSET 0  -- so that each state is read once
    ) AS fact
    ORDER BY position
"""


def _fold(cur: Any, after: int, up_to: int) -> None:
    cur.execute(_FOLD, (after, up_to))


TRAIL = Projection(name="trail", version=1, tables=("trail",), fold=_fold)

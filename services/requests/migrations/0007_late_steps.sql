-- Steps that were late are few among the facts, and asked for by themselves.
CREATE INDEX trail_late ON trail (position) WHERE late;

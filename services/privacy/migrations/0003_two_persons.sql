-- Where the city lets two officers decide: a file that one has masked or found clean waits as 'proposed' for another.
ALTER TABLE files DROP CONSTRAINT files_state_check;
ALTER TABLE files ADD CONSTRAINT files_state_check CHECK (
  state IN ('received', 'scanning', 'scanned', 'unreadable', 'releasing', 'proposed', 'masked', 'clean')
);
-- The fact that a second officer's word makes true: its name, what it tells, and the state after it.
ALTER TABLE files ADD COLUMN proposed jsonb;

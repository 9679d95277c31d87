-- The few requests of which a refusal waits for a second officer.
CREATE INDEX board_proposed ON board (desk_order, register_number) WHERE proposed_by IS NOT NULL;

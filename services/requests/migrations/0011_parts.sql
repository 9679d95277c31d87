-- Where the request stands of which a part was split off: by it, a part is not split again.
ALTER TABLE conformance ADD COLUMN part_of text;

-- Who was let in by a firm's provider that knew them from before has shown nothing yet (identity/storage/schema.py).
ALTER TABLE sign_in_code ADD COLUMN unproved bigint;

-- Which process does what only one must do, and until when. Concerns no tenant and holds nothing of one; the
-- application reaches it by functions alone (walls.py).
CREATE TABLE lease (
  name text COLLATE "C" PRIMARY KEY, holder text COLLATE "C" NOT NULL, ends_at timestamptz NOT NULL);

-- The access log. Position and link of an entry are the database's own doing: who writes can neither choose nor
-- read them. The link covers what oversight/entries.py (Entry.covered) says, in the same order.
CREATE TABLE access_entry (
  tenant_id text COLLATE "C" NOT NULL, position bigint NOT NULL, at text COLLATE "C" NOT NULL,
  person text COLLATE "C" NOT NULL, role text COLLATE "C" NOT NULL, action text COLLATE "C" NOT NULL,
  thing text COLLATE "C", purpose text COLLATE "C" NOT NULL, result text COLLATE "C" NOT NULL,
  detail text COLLATE "C" NOT NULL, link bytea NOT NULL, PRIMARY KEY (tenant_id, position));
CREATE INDEX access_by_person ON access_entry (tenant_id, person, position);
CREATE INDEX access_by_thing ON access_entry (tenant_id, thing, position);
CREATE TABLE access_head (
  tenant_id text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, link bytea NOT NULL, sealed bigint NOT NULL)
  WITH (fillfactor = 20);
CREATE TABLE access_probe (at timestamptz NOT NULL DEFAULT now());
CREATE TABLE access_segment (
  tenant_id text COLLATE "C" NOT NULL, last bigint NOT NULL, first bigint NOT NULL, link bytea NOT NULL,
  sealed_at text COLLATE "C" NOT NULL, signature bytea NOT NULL, PRIMARY KEY (tenant_id, last));
CREATE TABLE month_secret (
  tenant_id text COLLATE "C" NOT NULL, month text COLLATE "C" NOT NULL, generation bigint NOT NULL,
  sealed bytea NOT NULL, PRIMARY KEY (tenant_id, month, generation));
CREATE TABLE resolution (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL,
  expires_at text COLLATE "C" NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (tenant_id, id));

CREATE FUNCTION chain_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  LOOP
    UPDATE public.access_head h SET position = h.position + 1, link = sha256(h.link || convert_to(
        NEW.tenant_id || E'\x1f' || (h.position + 1) || E'\x1f' || NEW.at || E'\x1f' || NEW.person || E'\x1f'
        || NEW.role || E'\x1f' || NEW.action || E'\x1f' || coalesce(NEW.thing, '') || E'\x1f' || NEW.purpose
        || E'\x1f' || NEW.result || E'\x1f' || NEW.detail, 'UTF8'))
      WHERE h.tenant_id = NEW.tenant_id RETURNING h.position, h.link INTO NEW.position, NEW.link;
    EXIT WHEN FOUND;
    INSERT INTO public.access_head (tenant_id, position, link, sealed)
      VALUES (NEW.tenant_id, 0, decode(repeat('00', 32), 'hex'), 0) ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON access_entry FOR EACH ROW EXECUTE FUNCTION chain_entry();

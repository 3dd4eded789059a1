-- Events are appended, never put in place of others. The rules are those of 0008_ledger_append.sqlite.sql, asked once a
-- statement: once a row would halve the speed of capture. A restore runs this step after it has filled the tables.

create or replace function yulin_event_append() returns trigger language plpgsql as $$
begin
    -- The key is unique, so rows that count up to their last number without a gap, beginning after the last one before
    -- them, were appended.
    if exists (
        select 1 from (select min(seq) as low, max(seq) as high, count(*) as rows from added) a
        where a.rows > 0 and (
            a.high - a.low + 1 <> a.rows
            or a.low <> coalesce((select max(seq) from event where seq < a.low), 0) + 1
            or exists (select 1 from event where seq > a.high)
        )
    ) then
        raise exception 'the ledger is append-only';
    end if;
    return null;
end $$;

create or replace function yulin_capture_append() returns trigger language plpgsql as $$
begin
    if new.id is distinct from (select coalesce(max(id), 0) + 1 from capture) then
        raise exception 'the ledger is append-only';
    end if;
    return new;
end $$;

create trigger event_append after insert on event referencing new table as added
for each statement execute function yulin_event_append();
create trigger event_frozen before update or delete on event
for each row execute function yulin_refuse('the ledger is append-only');
create trigger event_no_truncate before truncate on event
for each statement execute function yulin_refuse('the ledger is append-only');

create trigger capture_append before insert on capture
for each row execute function yulin_capture_append();
create trigger capture_frozen before update or delete on capture
for each row execute function yulin_refuse('the ledger is append-only');
create trigger capture_no_truncate before truncate on capture
for each statement execute function yulin_refuse('the ledger is append-only');

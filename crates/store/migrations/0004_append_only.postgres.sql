-- Rows that are never put in place of others, nor added to what is frozen. The rules are those of
-- 0004_append_only.sqlite.sql. A restore runs this step after it has filled the tables.

create or replace function yulin_audit_append() returns trigger language plpgsql as $$
begin
    if new.seq is distinct from (select coalesce(max(seq), 0) + 1 from audit)
        or new.prev_hash is distinct from coalesce((select hash from audit order by seq desc limit 1), '') then
        raise exception 'the audit is append-only';
    end if;
    return new;
end $$;

-- No part and no review comes to a list that has its number.
create or replace function yulin_list_numbered() returns trigger language plpgsql as $$
begin
    if exists (select 1 from list where id = new.list_id and number is not null) then
        raise exception 'a published list is frozen';
    end if;
    return new;
end $$;

create trigger audit_append before insert on audit
for each row execute function yulin_audit_append();

create trigger list_review_numbered before insert on list_review
for each row execute function yulin_list_numbered();

-- A list gets its number by publication, never by insertion.
create trigger list_no_insert before insert on list
for each row when (new.number is not null)
execute function yulin_refuse('a published list is frozen');
create trigger list_no_move before update on list
for each row when (new.id <> old.id)
execute function yulin_refuse('a published list is frozen');

create trigger list_part_numbered before insert or update on list_part
for each row execute function yulin_list_numbered();

-- Rows that are never put in place of others, nor added to what is frozen. The rules are those of
-- 0004_append_only.postgres.sql, and those against `or replace`, which SQLite lets past the triggers on delete.
-- A restore runs this step after it has filled the tables.

create trigger audit_append before insert on audit
when new.seq is not (select coalesce(max(seq), 0) + 1 from audit)
    or new.prev_hash is not (select coalesce((select hash from audit order by seq desc limit 1), ''))
    or exists (select 1 from audit where hash = new.hash)
begin select raise(abort, 'the audit is append-only'); end;

create trigger past_version_no_replace before insert on past_version
when exists (
    select 1 from past_version
    where noun = new.noun and row_id = new.row_id and version = new.version
)
begin select raise(abort, 'past versions are frozen'); end;

create trigger list_review_append before insert on list_review
when exists (select 1 from list_review where id = new.id)
begin select raise(abort, 'reviews are append-only'); end;
create trigger list_review_frozen before insert on list_review
when (select number from list where id = new.list_id) is not null
begin select raise(abort, 'a published list is frozen'); end;

-- A list gets its number by publication, never by insertion.
create trigger list_no_replace before insert on list
when new.number is not null or exists (select 1 from list where id = new.id)
begin select raise(abort, 'a published list is frozen'); end;
create trigger list_no_replace_by_update before update on list
when new.id <> old.id
    or exists (select 1 from list where number = new.number and id <> old.id)
begin select raise(abort, 'a published list is frozen'); end;

create trigger list_part_no_insert before insert on list_part
when (select number from list where id = new.list_id) is not null
begin select raise(abort, 'a published list is frozen'); end;
create trigger list_part_no_move before update on list_part
when (select number from list where id = new.list_id) is not null
begin select raise(abort, 'a published list is frozen'); end;

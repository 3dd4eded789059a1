-- What is written once and never changed. The rules are those of 0002_frozen.sqlite.sql.

create or replace function yulin_refuse() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_argv[0];
end $$;

create or replace function yulin_list_part_frozen() returns trigger language plpgsql as $$
begin
    if exists (select 1 from list where id = old.list_id and number is not null) then
        raise exception 'a published list is frozen';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end $$;

create trigger audit_frozen before update or delete on audit
for each row execute function yulin_refuse('the audit is append-only');
create trigger audit_no_truncate before truncate on audit
for each statement execute function yulin_refuse('the audit is append-only');

create trigger past_version_frozen before update or delete on past_version
for each row execute function yulin_refuse('past versions are frozen');
create trigger past_version_no_truncate before truncate on past_version
for each statement execute function yulin_refuse('past versions are frozen');

create trigger list_review_frozen before update or delete on list_review
for each row execute function yulin_refuse('reviews are append-only');
create trigger list_review_no_truncate before truncate on list_review
for each statement execute function yulin_refuse('reviews are append-only');

-- A published list may only be withdrawn.
create trigger list_no_update before update on list
for each row when (old.number is not null and (
    old.state <> 'published' or new.state <> 'withdrawn'
    or new.id <> old.id or new.number is distinct from old.number or new.period <> old.period
    or new.sha256 is distinct from old.sha256 or new.previous_sha256 is distinct from old.previous_sha256
    or new.drafted_by <> old.drafted_by or new.drafted_ms <> old.drafted_ms
    or new.approved_by is distinct from old.approved_by or new.published_by is distinct from old.published_by
    or new.published_ms is distinct from old.published_ms
))
execute function yulin_refuse('a published list is frozen');
create trigger list_no_delete before delete on list
for each row when (old.number is not null)
execute function yulin_refuse('a published list is frozen');
create trigger list_no_truncate before truncate on list
for each statement execute function yulin_refuse('a published list is frozen');

create trigger list_part_frozen before update or delete on list_part
for each row execute function yulin_list_part_frozen();
create trigger list_part_no_truncate before truncate on list_part
for each statement execute function yulin_refuse('a published list is frozen');

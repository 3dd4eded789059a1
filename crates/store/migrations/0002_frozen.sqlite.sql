-- What is written once and never changed. The rules are those of 0002_frozen.postgres.sql.

create trigger audit_no_update before update on audit
begin select raise(abort, 'the audit is append-only'); end;
create trigger audit_no_delete before delete on audit
begin select raise(abort, 'the audit is append-only'); end;

create trigger past_version_no_update before update on past_version
begin select raise(abort, 'past versions are frozen'); end;
create trigger past_version_no_delete before delete on past_version
begin select raise(abort, 'past versions are frozen'); end;

create trigger list_review_no_update before update on list_review
begin select raise(abort, 'reviews are append-only'); end;
create trigger list_review_no_delete before delete on list_review
begin select raise(abort, 'reviews are append-only'); end;

-- A published list may only be withdrawn.
create trigger list_no_update before update on list
when old.number is not null and (
    old.state <> 'published' or new.state <> 'withdrawn'
    or new.id <> old.id or new.number is not old.number or new.period <> old.period
    or new.sha256 is not old.sha256 or new.previous_sha256 is not old.previous_sha256
    or new.drafted_by <> old.drafted_by or new.drafted_ms <> old.drafted_ms
    or new.approved_by is not old.approved_by or new.published_by is not old.published_by
    or new.published_ms is not old.published_ms
)
begin select raise(abort, 'a published list is frozen'); end;
create trigger list_no_delete before delete on list
when old.number is not null
begin select raise(abort, 'a published list is frozen'); end;

create trigger list_part_no_update before update on list_part
when (select number from list where id = old.list_id) is not null
begin select raise(abort, 'a published list is frozen'); end;
create trigger list_part_no_delete before delete on list_part
when (select number from list where id = old.list_id) is not null
begin select raise(abort, 'a published list is frozen'); end;

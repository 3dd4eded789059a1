-- Events are appended, never put in place of others. The rules are those of 0008_ledger_append.postgres.sql. A restore runs
-- this step after it has filled the tables.

create trigger event_append before insert on event
when new.seq is not (select coalesce(max(seq), 0) + 1 from event)
begin select raise(abort, 'the ledger is append-only'); end;
create trigger event_no_update before update on event
begin select raise(abort, 'the ledger is append-only'); end;
create trigger event_no_delete before delete on event
begin select raise(abort, 'the ledger is append-only'); end;

create trigger capture_append before insert on capture
when new.id is not (select coalesce(max(id), 0) + 1 from capture)
begin select raise(abort, 'the ledger is append-only'); end;
create trigger capture_no_update before update on capture
begin select raise(abort, 'the ledger is append-only'); end;
create trigger capture_no_delete before delete on capture
begin select raise(abort, 'the ledger is append-only'); end;

-- What of inspections is never changed. The rules are those of 0014_inspection_frozen.postgres.sql, and those on insert beside:
-- SQLite's `or replace` deletes without asking the triggers on delete.

create trigger inspection_recipe_no_update before update on inspection_recipe
begin select raise(abort, 'versions of recipes are frozen'); end;
create trigger inspection_recipe_no_delete before delete on inspection_recipe
begin select raise(abort, 'versions of recipes are frozen'); end;

create trigger inspection_recipe_no_replace before insert on inspection_recipe
when exists (select 1 from inspection_recipe r where r.id = new.id
    or (r.enterprise_id = new.enterprise_id and r.name = new.name and r.version = new.version))
begin select raise(abort, 'versions of recipes are frozen'); end;

create trigger inspection_run_no_update before update on inspection_run
when old.state = 'finished' or exists (select 1 from inspection_run r where r.state = 'finished' and r.id <> old.id
    and (r.id = new.id or (r.enterprise_id = new.enterprise_id and r.name = new.name)))
begin select raise(abort, 'a finished inspection is frozen'); end;
create trigger inspection_run_no_delete before delete on inspection_run
when old.state = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger inspection_run_no_replace before insert on inspection_run
when exists (select 1 from inspection_run r where r.state = 'finished'
    and (r.id = new.id or (r.enterprise_id = new.enterprise_id and r.name = new.name)))
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger inspection_file_no_update before update on inspection_file
when (select state from inspection_run where id = old.run_id) = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;
create trigger inspection_file_no_delete before delete on inspection_file
when (select state from inspection_run where id = old.run_id) = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger inspection_file_no_replace before insert on inspection_file
when (select state from inspection_run where id = new.run_id) = 'finished'
    and exists (select 1 from inspection_file f where f.run_id = new.run_id and f.place = new.place and f.part = new.part)
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger evidence_no_replace before insert on evidence
when exists (select 1 from evidence where id = new.id)
begin select raise(abort, 'evidence is frozen'); end;
create trigger evidence_no_update before update on evidence
when old.withdrawn_by is not null or new.withdrawn_by is null or new.withdrawn_ms is null
    or new.id <> old.id or new.offer_id <> old.offer_id or new.run_id <> old.run_id
    or new.content <> old.content or new.actor <> old.actor or new.at_ms <> old.at_ms
begin select raise(abort, 'evidence is frozen'); end;
create trigger evidence_no_delete before delete on evidence
begin select raise(abort, 'evidence is frozen'); end;

-- What of inspections is never changed. The rules are those of 0014_inspection_frozen.sqlite.sql.

create or replace function yulin_inspection_file_frozen() returns trigger language plpgsql as $$
begin
    if exists (select 1 from inspection_run where id = old.run_id and state = 'finished') then
        raise exception 'a finished inspection is frozen';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end $$;

create trigger inspection_recipe_frozen before update or delete on inspection_recipe
for each row execute function yulin_refuse('versions of recipes are frozen');
create trigger inspection_recipe_no_truncate before truncate on inspection_recipe
for each statement execute function yulin_refuse('versions of recipes are frozen');

create trigger inspection_run_frozen before update or delete on inspection_run
for each row when (old.state = 'finished')
execute function yulin_refuse('a finished inspection is frozen');
create trigger inspection_run_no_truncate before truncate on inspection_run
for each statement execute function yulin_refuse('a finished inspection is frozen');

create trigger inspection_file_frozen before update or delete on inspection_file
for each row execute function yulin_inspection_file_frozen();
create trigger inspection_file_no_truncate before truncate on inspection_file
for each statement execute function yulin_refuse('a finished inspection is frozen');

create trigger evidence_no_update before update on evidence
for each row when (old.withdrawn_by is not null or new.withdrawn_by is null or new.withdrawn_ms is null
    or new.id <> old.id or new.offer_id <> old.offer_id or new.run_id <> old.run_id
    or new.content <> old.content or new.actor <> old.actor or new.at_ms <> old.at_ms)
execute function yulin_refuse('evidence is frozen');
create trigger evidence_no_delete before delete on evidence
for each row execute function yulin_refuse('evidence is frozen');
create trigger evidence_no_truncate before truncate on evidence
for each statement execute function yulin_refuse('evidence is frozen');

-- A finished inspection gets no more files. The rules are those of 0015_inspection_complete.sqlite.sql. A restore runs this
-- step after it has filled the tables.

create or replace function yulin_inspection_file_complete() returns trigger language plpgsql as $$
begin
    if exists (select 1 from inspection_run where id = new.run_id and state = 'finished') then
        raise exception 'a finished inspection is frozen';
    end if;
    return new;
end $$;

create trigger inspection_file_no_insert before insert on inspection_file
for each row execute function yulin_inspection_file_complete();

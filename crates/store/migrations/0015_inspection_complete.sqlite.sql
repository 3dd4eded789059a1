-- A finished inspection gets no more files. The rules are those of 0015_inspection_complete.postgres.sql. A restore runs this
-- step after it has filled the tables.

create trigger inspection_file_no_insert before insert on inspection_file
when (select state from inspection_run where id = new.run_id) = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;

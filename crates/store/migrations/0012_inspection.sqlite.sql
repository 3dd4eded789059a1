-- Inspections: recipes, runs with their files, evidence. The rules are those of 0012_inspection.postgres.sql.

-- A recipe of an enterprise: every version a row that is never changed; the newest counts.
create table inspection_recipe (
    id bigint not null primary key,
    enterprise_id bigint not null references enterprise (id),
    name text not null,
    version bigint not null,
    content text not null,
    sha256 text not null,
    actor text not null,
    at_ms bigint not null,
    unique (enterprise_id, name, version)
);

-- An inspection. While it runs, summary and detail are those of its last frame; finished, it is frozen with the SHA-256 of
-- both and of its files. Files are base64 in parts: text is what both databases and their backup carry alike.
create table inspection_run (
    id bigint not null primary key,
    enterprise_id bigint not null references enterprise (id),
    name text not null,
    recipe_id bigint references inspection_recipe (id),
    state text not null check (state in ('running', 'finished')),
    begun_ms bigint not null,
    changed_ms bigint not null,
    summary text not null,
    detail text not null,
    sha256 text,
    actor text not null,
    unique (enterprise_id, name),
    check ((state = 'finished') = (sha256 is not null))
);

create table inspection_file (
    run_id bigint not null references inspection_run (id),
    place bigint not null,
    part bigint not null,
    name text not null,
    content text not null,
    primary key (run_id, place, part)
);

-- A finished inspection as proof of a property that an offer states. Written once; it may be withdrawn.
create table evidence (
    id bigint not null primary key,
    offer_id bigint not null references offer (id),
    run_id bigint not null references inspection_run (id),
    content text not null,
    actor text not null,
    at_ms bigint not null,
    withdrawn_by text,
    withdrawn_ms bigint
);
create index evidence_offer on evidence (offer_id);

create trigger inspection_recipe_no_update before update on inspection_recipe
begin select raise(abort, 'versions of recipes are frozen'); end;
create trigger inspection_recipe_no_delete before delete on inspection_recipe
begin select raise(abort, 'versions of recipes are frozen'); end;

create trigger inspection_run_no_update before update on inspection_run
when old.state = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;
create trigger inspection_run_no_delete before delete on inspection_run
when old.state = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger inspection_file_no_update before update on inspection_file
when (select state from inspection_run where id = old.run_id) = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;
create trigger inspection_file_no_delete before delete on inspection_file
when (select state from inspection_run where id = old.run_id) = 'finished'
begin select raise(abort, 'a finished inspection is frozen'); end;

create trigger evidence_no_update before update on evidence
when old.withdrawn_by is not null or new.withdrawn_by is null or new.withdrawn_ms is null
    or new.id <> old.id or new.offer_id <> old.offer_id or new.run_id <> old.run_id
    or new.content <> old.content or new.actor <> old.actor or new.at_ms <> old.at_ms
begin select raise(abort, 'evidence is frozen'); end;
create trigger evidence_no_delete before delete on evidence
begin select raise(abort, 'evidence is frozen'); end;

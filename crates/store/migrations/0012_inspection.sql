-- Inspections: recipes, runs with their files, evidence. 0014_inspection_frozen keeps them as they were written.

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

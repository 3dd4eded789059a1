-- The interfaces of the ledger: who captured what, how events are found, capture jobs, named queries, subscriptions, footprints.

-- Key of the enterprise whose account captured; empty for the offices that run the cluster.
alter table capture add column enterprise text not null default '';

-- Enterprises of the sites whose events the offices captured.
create table event_site (
    uri text not null primary key,
    enterprise text not null,
    updated_by text not null,
    updated_ms bigint not null
);

-- How events are found. All three follow from the events and are built anew where they are missing.
create table event_search (
    seq bigint not null primary key,
    time_ms bigint not null,
    record_ms bigint not null
);
create index event_search_time on event_search (time_ms, seq);
create index event_search_record on event_search (record_ms, seq);
create table event_term (
    term bigint not null,
    seq bigint not null
);
create index event_term_at on event_term (term, seq);
create table event_word (
    kind text not null,
    owner text not null,
    value text not null,
    primary key (kind, owner, value)
);

-- Documents that were taken for capture; the document itself only until it is worked off.
create table capture_job (
    id bigint not null primary key,
    token text not null unique,
    enterprise text not null,
    actor text not null,
    file text not null,
    document text,
    proceed bigint not null check (proceed in (0, 1)),
    success bigint not null check (success in (0, 1)),
    captured bigint not null,
    known bigint not null,
    errors text not null,
    created_ms bigint not null,
    finished_ms bigint
);
create index capture_job_finished on capture_job (finished_ms);

create table event_query (
    id bigint not null primary key,
    enterprise text not null,
    name text not null,
    definition text not null,
    created_by text not null,
    created_ms bigint not null,
    unique (enterprise, name)
);

-- after_seq is the last event that the subscriber got: what comes after it waits for him in the ledger itself.
create table event_subscription (
    id bigint not null primary key,
    token text not null unique,
    query_id bigint not null references event_query (id),
    target text not null,
    secret text not null,
    settings text not null,
    after_seq bigint not null,
    next_ms bigint not null,
    attempts bigint not null,
    error text,
    created_ms bigint not null,
    notified_ms bigint
);

-- Product carbon footprints as they are given out (PACT).
create table pact_footprint (
    id bigint not null primary key,
    uuid text not null unique,
    enterprise text not null,
    shared_with text not null,
    body text not null,
    created_by text not null,
    created_ms bigint not null
);
create table pact_request (
    id bigint not null primary key,
    event_id text not null,
    source text not null,
    actor text not null,
    enterprise text not null,
    data text not null,
    answer text not null,
    at_ms bigint not null
);
create table pact_access (
    token_sha256 text not null primary key,
    api_token_id bigint not null,
    expires_ms bigint not null
);

-- The ledger: events as they were captured, each with its hash and its link of the chain.

-- A document that was captured, without its events: what its events need to be read again (context, sender).
create table capture (
    id bigint not null primary key,
    file text not null,
    head text not null,
    events bigint not null,
    actor text not null,
    at_ms bigint not null
);

-- hash_key is the first eight bytes of the hash: a small index by which an event that is known already is found.
create table event (
    seq bigint not null primary key,
    capture_id bigint not null,
    hash text not null,
    hash_key bigint not null,
    declares_error bigint not null check (declares_error in (0, 1)),
    body text not null,
    link text not null
);
create index event_hash on event (hash_key);

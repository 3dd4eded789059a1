-- The same text runs on SQLite and PostgreSQL. Rules that keep it so: bigint, text and double precision only
-- (the Any driver knows no boolean, date or numeric that both databases share), ids are given by the store,
-- JSON is text, instants are milliseconds since 1970 UTC, days are YYYY-MM-DD.

-- One successful import that changed something.
create table import_batch (
    id bigint not null primary key,
    file text not null,
    source text not null,
    sha256 text not null,
    actor text not null,
    at_ms bigint not null,
    counts text not null
);

create table enterprise (
    id bigint not null primary key,
    key text not null unique,
    name text not null,
    region text,
    status text not null check (status in ('open', 'closed')),
    body text not null,
    body_sha256 text not null,
    version bigint not null,
    import_id bigint references import_batch (id),
    updated_by text not null,
    updated_ms bigint not null
);
create index enterprise_region on enterprise (region);

create table need (
    id bigint not null primary key,
    key text not null unique,
    enterprise_id bigint not null references enterprise (id),
    title text not null,
    node text,
    valid_from text,
    valid_until text,
    status text not null check (status in ('open', 'closed')),
    body text not null,
    body_sha256 text not null,
    version bigint not null,
    import_id bigint references import_batch (id),
    updated_by text not null,
    updated_ms bigint not null
);
create index need_enterprise on need (enterprise_id);
create index need_node on need (node);

create table offer (
    id bigint not null primary key,
    key text not null unique,
    enterprise_id bigint not null references enterprise (id),
    title text not null,
    node text,
    valid_from text,
    valid_until text,
    status text not null check (status in ('open', 'closed')),
    body text not null,
    body_sha256 text not null,
    version bigint not null,
    import_id bigint references import_batch (id),
    updated_by text not null,
    updated_ms bigint not null
);
create index offer_enterprise on offer (enterprise_id);
create index offer_node on offer (node);

-- Superseded versions of enterprises, needs and offers, each as it stood.
create table past_version (
    noun text not null check (noun in ('enterprise', 'need', 'offer')),
    row_id bigint not null,
    version bigint not null,
    status text not null,
    body text not null,
    body_sha256 text not null,
    import_id bigint references import_batch (id),
    updated_by text not null,
    updated_ms bigint not null,
    primary key (noun, row_id, version)
);

-- Which heading means which field, remembered per source.
create table column_map (
    id bigint not null primary key,
    fingerprint text not null unique,
    mapping text not null,
    updated_by text not null,
    updated_ms bigint not null
);

-- Two enterprises that may be one; a is the older row.
create table duplicate_proposal (
    id bigint not null primary key,
    a bigint not null references enterprise (id),
    b bigint not null references enterprise (id),
    score double precision not null,
    reasons text not null,
    state text not null check (state in ('open', 'confirmed', 'rejected')),
    proposed_ms bigint not null,
    decided_by text,
    decided_ms bigint,
    unique (a, b),
    check (a < b)
);

-- Heads of the matching lists. The content stands in list_part, so that listing heads never reads it.
create table list (
    id bigint not null primary key,
    number bigint unique,
    period text not null,
    state text not null check (state in ('draft', 'approved', 'published', 'withdrawn')),
    previous_sha256 text,
    sha256 text,
    drafted_by text not null,
    drafted_ms bigint not null,
    approved_by text,
    published_by text,
    published_ms bigint,
    withdrawn_reason text,
    version bigint not null,
    check ((number is null) = (state in ('draft', 'approved')))
);

-- The canonical content of a list, cut into parts: a list of 50,000 offers is 100 MB of text,
-- and one value of that size is copied several times on its way in and out.
create table list_part (
    list_id bigint not null references list (id),
    part bigint not null,
    content text not null,
    primary key (list_id, part)
);

-- What the secretariat said of the pairs of a draft; the last row of a pair counts, all rows stay.
create table list_review (
    id bigint not null primary key,
    list_id bigint not null references list (id),
    need text not null,
    offer text not null,
    decision text not null,
    actor text not null,
    at_ms bigint not null
);
create index list_review_list on list_review (list_id);

create table account (
    id bigint not null primary key,
    name text not null unique,
    role text not null,
    active smallint not null check (active in (0, 1)),
    created_ms bigint not null
);

-- What the installation decides for itself, such as the cluster's name.
create table setting (
    id bigint not null primary key,
    name text not null unique,
    value text not null,
    updated_by text not null,
    updated_ms bigint not null
);

-- Append-only, each row chained to the one before by its hash.
create table audit (
    seq bigint not null primary key,
    at_ms bigint not null,
    actor text not null,
    action text not null,
    object text not null,
    detail text not null,
    prev_hash text not null,
    hash text not null unique
);

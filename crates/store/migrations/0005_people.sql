-- Who signs in and how, who is invited, and what the platform tells people.
-- Tokens and passwords are never stored: of tokens the SHA-256, of passwords an argon2id string.

alter table account add column password text;
alter table account add column password_ms bigint;
-- The enterprise of a member; empty until a claim was approved.
alter table account add column enterprise_id bigint references enterprise (id);
alter table account add column email text not null default '';
alter table account add column version bigint not null default 1;

create table session (
    token_sha256 text not null primary key,
    account_id bigint not null references account (id),
    created_ms bigint not null,
    seen_ms bigint not null,
    expires_ms bigint not null
);
create index session_account on session (account_id);

create table api_token (
    id bigint not null primary key,
    account_id bigint not null references account (id),
    name text not null,
    token_sha256 text not null unique,
    may_write smallint not null check (may_write in (0, 1)),
    created_ms bigint not null,
    expires_ms bigint not null,
    used_ms bigint,
    revoked_ms bigint
);
create index api_token_account on api_token (account_id);

-- A link that makes an account (account_id is empty) or sets a new password for one.
create table invitation (
    id bigint not null primary key,
    token_sha256 text not null unique,
    account_id bigint references account (id),
    role text not null,
    enterprise_id bigint references enterprise (id),
    name text not null,
    email text not null,
    created_by text not null,
    created_ms bigint not null,
    expires_ms bigint not null,
    accepted_by text,
    accepted_ms bigint,
    revoked_ms bigint
);

-- A member says: this enterprise is mine.
create table claim (
    id bigint not null primary key,
    account_id bigint not null references account (id),
    uscc text not null,
    name text not null,
    note text not null,
    state text not null check (state in ('open', 'approved', 'rejected')),
    asked_ms bigint not null,
    decided_by text,
    decided_ms bigint,
    reason text
);
create index claim_account on claim (account_id);

-- Which enterprises a commissioner looks after.
create table assignment (
    account_id bigint not null references account (id),
    enterprise_id bigint not null references enterprise (id),
    since_ms bigint not null,
    primary key (account_id, enterprise_id)
);

-- The web inbox.
create table message (
    id bigint not null primary key,
    account_id bigint not null references account (id),
    kind text not null,
    title text not null,
    body text not null,
    link text not null,
    at_ms bigint not null,
    read_ms bigint
);
create index message_account on message (account_id, id);

-- Ways out: a mail server or a group robot. The configuration holds secrets and is shown to nobody again.
create table hook (
    id bigint not null primary key,
    kind text not null check (kind in ('smtp', 'webhook')),
    name text not null,
    config text not null,
    active smallint not null check (active in (0, 1)),
    version bigint not null,
    updated_by text not null,
    updated_ms bigint not null
);

-- What waits to go out; it stays until the other side took it, or gave up.
create table outbox (
    id bigint not null primary key,
    hook_id bigint not null references hook (id),
    message text not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    attempts bigint not null,
    at_ms bigint not null,
    next_ms bigint not null,
    done_ms bigint,
    error text
);
create index outbox_due on outbox (state, next_ms);

-- Answers given to requests that carried an idempotency key.
create table idempotency (
    account_id bigint not null references account (id),
    key text not null,
    request_sha256 text not null,
    status bigint not null,
    content_type text not null,
    body text not null,
    at_ms bigint not null,
    primary key (account_id, key)
);

-- Partners of PACT are hooks too: answers to their requests wait in the outbox like every other letter. SQLite cannot change a check,
-- so both tables are made anew; what refers to them follows their names.
create table hook_new (
    id bigint not null primary key,
    kind text not null check (kind in ('smtp', 'webhook', 'partner')),
    name text not null,
    config text not null,
    active smallint not null check (active in (0, 1)),
    version bigint not null,
    updated_by text not null,
    updated_ms bigint not null
);
insert into hook_new (id, kind, name, config, active, version, updated_by, updated_ms)
select id, kind, name, config, active, version, updated_by, updated_ms from hook;

create table outbox_new (
    id bigint not null primary key,
    hook_id bigint not null references hook_new (id),
    message text not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    attempts bigint not null,
    at_ms bigint not null,
    next_ms bigint not null,
    done_ms bigint,
    error text
);
insert into outbox_new (id, hook_id, message, state, attempts, at_ms, next_ms, done_ms, error)
select id, hook_id, message, state, attempts, at_ms, next_ms, done_ms, error from outbox;

drop table outbox;
drop table hook;
alter table hook_new rename to hook;
alter table outbox_new rename to outbox;
create index outbox_due on outbox (state, next_ms);

-- The same request may come twice.
create index pact_request_event on pact_request (event_id);

-- The order in which records changed, so that a reader can ask for what changed since it looked last.
alter table enterprise add column change bigint not null default 0;
alter table need add column change bigint not null default 0;
alter table offer add column change bigint not null default 0;
create index enterprise_change on enterprise (change);
create index need_change on need (change);
create index offer_change on offer (change);

-- Two sides of a pair that want to talk: contacts are released when both have agreed.
create table introduction (
    id bigint not null primary key,
    need_id bigint not null references need (id),
    offer_id bigint not null references offer (id),
    asked_by text not null,
    asked_side text not null check (asked_side in ('need', 'offer', 'secretariat')),
    note text not null,
    asked_ms bigint not null,
    need_agreed_by text,
    need_agreed_ms bigint,
    offer_agreed_by text,
    offer_agreed_ms bigint,
    state text not null check (state in ('asked', 'agreed', 'declined', 'ended')),
    outcome text not null default '',
    version bigint not null,
    updated_by text not null,
    updated_ms bigint not null,
    unique (need_id, offer_id)
);
create index introduction_offer on introduction (offer_id);

-- Events where firms meet one to one: who is asked, who comes, who sits with whom, and what came of it.

create table meeting_event (
    id bigint not null primary key,
    state text not null check (state in ('planned', 'seated', 'closed', 'cancelled')),
    day text not null,
    body text not null,
    version bigint not null,
    updated_by text not null,
    updated_ms bigint not null
);
create index meeting_event_day on meeting_event (day);

-- A firm at an event. Its code is shown to its own people again and again, so it is kept as it is; it lets nobody in, it only
-- tells the door which firm has come, and only the secretariat may say so.
create table meeting_party (
    event_id bigint not null references meeting_event (id),
    enterprise_id bigint not null references enterprise (id),
    side text not null check (side in ('host', 'guest')),
    state text not null check (state in ('invited', 'attending', 'declined')),
    vip smallint not null check (vip in (0, 1)),
    why text not null,
    body text not null,
    code text not null,
    invited_ms bigint not null,
    answered_ms bigint,
    checked_in_ms bigint,
    absent_from bigint,
    version bigint not null,
    primary key (event_id, enterprise_id),
    unique (event_id, code)
);
create index meeting_party_enterprise on meeting_party (enterprise_id);

-- A meeting that has a seat, or had one.
create table meeting (
    id bigint not null primary key,
    event_id bigint not null references meeting_event (id),
    host_id bigint not null references enterprise (id),
    guest_id bigint not null references enterprise (id),
    need_id bigint references need (id),
    offer_id bigint references offer (id),
    slot bigint not null,
    table_no bigint not null,
    state text not null check (state in ('seated', 'dropped')),
    result text,
    amount_fen bigint,
    note text not null,
    recorded_by text,
    recorded_ms bigint,
    version bigint not null,
    unique (event_id, host_id, guest_id)
);
create index meeting_host on meeting (host_id);
create index meeting_guest on meeting (guest_id);

-- Asking again after 30, 60 and 90 days what became of a meeting.
create table meeting_followup (
    meeting_id bigint not null references meeting (id),
    days bigint not null,
    due text not null,
    reminded_ms bigint,
    result text,
    amount_fen bigint,
    note text not null,
    done_by text,
    done_ms bigint,
    version bigint not null,
    primary key (meeting_id, days)
);
create index meeting_followup_due on meeting_followup (due);

-- What was signed, at an event or between two.
create table signing (
    id bigint not null primary key,
    event_id bigint references meeting_event (id),
    kind text not null,
    title text not null,
    party text not null,
    day text not null,
    amount_fen bigint,
    void smallint not null check (void in (0, 1)),
    version bigint not null,
    updated_by text not null,
    updated_ms bigint not null
);
create index signing_day on signing (day);

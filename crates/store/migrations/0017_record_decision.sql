-- What people said of two needs, or two offers: that they are one (1) or two (0). a is the older row. A decision that is taken back
-- leaves; the audit holds what was said.
create table record_decision (
    id bigint not null primary key,
    noun text not null check (noun in ('need', 'offer')),
    a bigint not null,
    b bigint not null,
    same bigint not null check (same in (0, 1)),
    decided_by text not null,
    decided_ms bigint not null,
    unique (noun, a, b),
    check (a < b)
);

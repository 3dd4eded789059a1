-- What came of pairs of a need and an offer. Rows are only added: the newest of a pair and a source counts, and one that takes
-- back is a row of its own. Keys, not row ids: lists name pairs so, and a pair may be spoken of long after its records closed.
create table outcome (
    id bigint not null primary key,
    need text not null,
    offer text not null,
    source text not null check (source in ('desk', 'introduction', 'meeting')),
    reference text not null,
    result text not null check (result in ('confirmed', 'rejected', 'agreed', 'declined', 'intent', 'contract', 'none', 'retracted')),
    amount_fen bigint check (amount_fen >= 0),
    reason text not null,
    note text not null,
    day text not null,
    actor text not null,
    at_ms bigint not null
);
create index outcome_pair on outcome (need, offer);

-- Weights that were learned from outcomes, by version from 1, each with the report of how it was learned. Which one is in use
-- is a setting.
create table learned (
    id bigint not null primary key,
    weights text not null,
    report text not null,
    actor text not null,
    at_ms bigint not null
);

-- Records that were made one. What moved stands in it, so that they can be parted again; the row stays when they are, and then
-- says who did.
create table merge (
    id bigint not null primary key,
    noun text not null check (noun in ('enterprise', 'need', 'offer')),
    loser_id bigint not null,
    survivor_id bigint not null,
    moved text not null,
    merged_by text not null,
    merged_ms bigint not null,
    split_by text,
    split_ms bigint
);
create index merge_loser on merge (noun, loser_id);

-- Draws: what a draw round promises before entries open, and what became of
-- it. The city's secret is not here: it is made from the installation's own.
create table draw (
    round_id         bigint not null primary key references round (round_id),
    public_source    text   not null,
    public_source_en text   not null,
    draws_at_ms      bigint not null,
    claim_hours      bigint not null,
    claim_windows    bigint not null,
    frozen_at_ms     bigint,
    entries          bigint,
    list_hash        text,
    revealed_at_ms   bigint,
    revealed_by      bigint,
    public_value     text,
    drawn_at_ms      bigint,
    winners          bigint,
    waiting          bigint,
    result_hash      text,
    called_window    bigint not null default 0
);

-- Where entries come in: each counts at one gate of its round, and freezing
-- shuts them all. Whoever was inside a gate is waited for, and nobody comes
-- after; many gates, so that residents do not queue on one row.
create table draw_gate (
    round_id   bigint not null references draw (round_id),
    gate       bigint not null,
    entered    bigint not null default 0,
    shut_at_ms bigint,
    primary key (round_id, gate)
);

-- Entries: one for each resident and round. District 0 where the round has no
-- quotas.
create table draw_entry (
    round_id      bigint not null references draw (round_id),
    account_id    bigint not null,
    entry_no      bigint not null,
    district      bigint not null,
    entered_at_ms bigint not null,
    primary key (round_id, account_id),
    unique (round_id, entry_no)
);

-- Those who won, and those who wait, by rank. `place` is the quota that a
-- called entry draws on; a waiting one gets it when it is called.
create table draw_place (
    round_id      bigint not null references draw (round_id),
    rank          bigint not null,
    account_id    bigint not null,
    entry_no      bigint not null,
    district      bigint not null,
    waiting       bigint,
    place         bigint,
    called_window bigint,
    primary key (round_id, rank),
    unique (round_id, account_id)
);

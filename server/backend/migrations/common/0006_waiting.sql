-- Waiting rooms. A round's number is drawn when its room opens; with the
-- installation's secret it makes the key by which the room is ordered.
create table waiting_room (
    round_id bigint not null primary key references round (round_id),
    drawn    bigint not null
);

-- How many each node counted: those who waited, and those who came later and
-- had to. A round's line is the sum over the nodes, so no node waits for
-- another's row.
create table waiting_count (
    round_id bigint not null references round (round_id),
    node     bigint not null,
    waited   bigint not null,
    arrived  bigint not null,
    primary key (round_id, node)
);

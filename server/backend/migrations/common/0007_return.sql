-- What a closed round did not issue, once it was given back: to the pot, or to
-- the campaign's next round.
create table round_return (
    round_id       bigint not null primary key,
    quantity       bigint not null,
    next_round_id  bigint,
    returned_at_ms bigint not null
);

-- The outlets at which enrolled tills alone may redeem; at one without a row
-- any device may on which a clerk is signed in.
create table enrolled_only (
    outlet_id bigint not null primary key references outlet (outlet_id),
    set_by    bigint not null references account (account_id),
    set_at_ms bigint not null
);

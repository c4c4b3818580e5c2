-- The community desk. A resident without a phone is known by their identity
-- number: encrypted, with a keyed hash to find it by. An account that has no
-- phone has an empty `phone_sealed`, and a `phone_hash` that no number has.
create table identity (
    identity_hash   text   not null primary key,
    account_id      bigint not null unique references account (account_id),
    identity_sealed text   not null,
    entered_by      bigint not null,
    entered_at_ms   bigint not null
);

-- What the desk did for a resident. A row is written before the claim or the
-- entry that it asks for, so that a node that dies in between leaves no paper
-- voucher that nobody can print; where the claim is refused, it has no
-- voucher and counts for nothing. `claim_key` is the key of the voucher's
-- claim. Of the last four digits that the till asks for there is a keyed hash;
-- `wrong` counts wrong ones at tills since the last print.
create table assisted (
    assisted_id   bigint not null primary key,
    staff_id      bigint not null references account (account_id),
    idem_key      text   not null,
    request_hash  text   not null,
    account_id    bigint not null references account (account_id),
    round_id      bigint not null references round (round_id),
    district      bigint not null,
    kind          text   not null,
    claim_key     text   not null,
    asks_for      text   not null,
    digits_hash   text   not null,
    entered_at_ms bigint not null,
    prints        bigint not null default 1,
    wrong         bigint not null default 0,
    unique (staff_id, idem_key),
    unique (account_id, claim_key)
);

create index assisted_by_district on assisted (district, assisted_id);

-- Who printed a voucher's paper anew, and when.
create table assisted_print (
    assisted_id   bigint not null references assisted (assisted_id),
    print         bigint not null,
    printed_by    bigint not null,
    printed_at_ms bigint not null,
    primary key (assisted_id, print)
);

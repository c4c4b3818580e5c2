-- Where a merchant stands with the bureau, and why. Whoever is there already
-- was brought in by the bureau.
alter table merchant add column state text not null default 'live';
alter table merchant add column state_reason text not null default '';

-- What somebody who joins has typed so far, sealed: it holds a person's number.
create table join_draft (
    account_id  bigint not null primary key references account (account_id),
    sealed      text   not null,
    saved_at_ms bigint not null
);

-- A commitment as it was signed: its version and its clauses, and whom to
-- call. The district is the first outlet's, whose officers review it.
create table commitment (
    commitment_id  bigint not null primary key,
    merchant_id    bigint not null unique references merchant (merchant_id),
    account_id     bigint not null references account (account_id),
    district       bigint not null,
    version        text   not null,
    clauses        text   not null,
    signer         text   not null,
    contact_name   text   not null,
    contact_sealed text   not null,
    signed_at_ms   bigint not null
);

-- What reviewers decided, for the records.
create table merchant_review (
    review_id      bigint not null primary key,
    merchant_id    bigint not null references merchant (merchant_id),
    decision       text   not null,
    reason         text   not null,
    reviewed_by    bigint not null references account (account_id),
    reviewed_at_ms bigint not null
);

-- What a merchant under review has redeemed on a business day: the cap is kept
-- here by guarded updates. Reviewed merchants have no row.
create table merchant_use (
    merchant_id  bigint not null,
    business_day text   not null,
    redeemed     bigint not null,
    subsidy_fen  bigint not null,
    primary key (merchant_id, business_day)
);

-- What the bureau uploaded: what its check found, and the good rows until they
-- are written.
create table import_job (
    import_id   bigint not null primary key,
    account_id  bigint not null references account (account_id),
    file_name   text   not null,
    state       text   not null,
    report      text   not null,
    shops       text   not null,
    begun_at_ms bigint not null
);

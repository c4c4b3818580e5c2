-- People. A phone number is stored encrypted, with a keyed hash to find it by.
create table account (
    account_id    bigint not null primary key,
    phone_sealed  text   not null,
    phone_hash    text   not null unique,
    name          text   not null,
    district      bigint,
    created_at_ms bigint not null
);

-- What an account may act as: for a merchant, or for a district.
create table account_role (
    account_id  bigint not null references account (account_id),
    role        text   not null,
    merchant_id bigint,
    district    bigint,
    primary key (account_id, role)
);

-- The login code on its way to a number, known or not. `wrong` counts wrong
-- codes since the last good one; `sent` counts codes since `window_ms`.
create table login_code (
    phone_hash      text   not null primary key,
    code_hash       text   not null,
    expires_at_ms   bigint not null,
    wrong           bigint not null default 0,
    locked_until_ms bigint not null default 0,
    sent            bigint not null default 0,
    window_ms       bigint not null default 0
);

create table session (
    token_hash    text   not null primary key,
    account_id    bigint not null references account (account_id),
    created_at_ms bigint not null,
    expires_at_ms bigint not null
);

create index session_by_account on session (account_id);

-- The answer of a write under its key: written in the write's own transaction
-- and kept for good. Claims and redemptions keep their keys themselves, and
-- their rows are their answers.
create table idempotency (
    account_id    bigint not null,
    idem_key      text   not null,
    request_hash  text   not null,
    body          text   not null,
    created_at_ms bigint not null,
    primary key (account_id, idem_key)
);

-- How many vouchers of a campaign a resident has redeemed at an outlet on a
-- business day: the limit is kept here by guarded updates.
create table outlet_use (
    account_id   bigint not null,
    campaign_id  bigint not null,
    outlet_id    bigint not null,
    business_day text   not null,
    redeemed     bigint not null,
    primary key (account_id, campaign_id, outlet_id, business_day)
);

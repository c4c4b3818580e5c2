create index voucher_by_expiry on voucher (expires_at_ms) where state in ('issued', 'frozen');

-- District, kind and business day are those of the moment of redemption.
create table redemption (
    redemption_id       bigint not null primary key,
    voucher_id          bigint not null,
    round_id            bigint not null,
    campaign_id         bigint not null,
    account_id          bigint not null,
    merchant_id         bigint not null,
    outlet_id           bigint not null,
    district            bigint not null,
    kind                text   not null,
    channel             text   not null,
    clerk_id            bigint not null,
    redeem_key          text   not null,
    request_hash        text   not null,
    order_fen           bigint not null,
    subsidy_fen         bigint not null,
    government_fen      bigint not null,
    receipt_code        text   not null,
    invoice_no          text,
    redeemed_at_ms      bigint not null,
    business_day        text   not null,
    hour                bigint not null,
    refunded_fen        bigint not null default 0,
    subsidy_back_fen    bigint not null default 0,
    government_back_fen bigint not null default 0,
    check (refunded_fen between 0 and order_fen),
    check (subsidy_back_fen between 0 and subsidy_fen),
    check (government_back_fen between 0 and government_fen)
);

create unique index redemption_by_key on redemption (clerk_id, redeem_key);
create index redemption_by_voucher on redemption (voucher_id);
create index redemption_by_merchant on redemption (merchant_id, redemption_id);
create index redemption_by_day on redemption (business_day, district, account_id);

create table reversal (
    reversal_id         bigint not null primary key,
    redemption_id       bigint not null references redemption (redemption_id),
    clerk_id            bigint not null,
    refund_fen          bigint not null,
    subsidy_back_fen    bigint not null,
    government_back_fen bigint not null,
    reason              text   not null,
    reversed_at_ms      bigint not null
);

-- What the ledger's lines add up to, moved in the same transaction as they.
-- A claim counts in the resident's district with no kind, a redemption in the
-- outlet's. Each chain of the ledger has rows of its own.
create table tally (
    business_day   text   not null,
    hour           bigint not null,
    district       bigint not null,
    kind           text   not null,
    round_id       bigint not null,
    channel        text   not null,
    chain          bigint not null,
    claimed        bigint not null default 0,
    redeemed       bigint not null default 0,
    order_fen      bigint not null default 0,
    subsidy_fen    bigint not null default 0,
    government_fen bigint not null default 0,
    primary key (business_day, district, round_id, hour, kind, channel, chain)
);

-- The ledger: one block for each committed group of entries, each chained to
-- the one before by its hash. `entries` is the text that the hash is over. A
-- node writes to one of several chains, so that nodes need not wait for each
-- other.
create table ledger_block (
    chain    bigint not null,
    sequence bigint not null,
    at_ms    bigint not null,
    previous text   not null,
    entries  text   not null,
    hash     text   not null,
    primary key (chain, sequence)
);

-- The end of each chain: a row whose lock orders the blocks.
create table ledger_head (
    chain    bigint not null primary key,
    sequence bigint not null,
    hash     text   not null,
    at_ms    bigint
);

insert into ledger_head (chain, sequence, hash)
with recursive chains (n) as (select 0 union all select n + 1 from chains where n < 15)
select n, 0, '0000000000000000000000000000000000000000000000000000000000000000' from chains;

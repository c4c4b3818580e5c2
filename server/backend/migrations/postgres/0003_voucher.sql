-- The key leads with the resident, by whom the table is spread over the shards
-- of a distributed engine; numbers come from ranges that nodes take, so the
-- index by number is only for finding.
create table voucher (
    voucher_id        bigint not null,
    account_id        bigint not null,
    campaign_id       bigint not null,
    nth               bigint not null,
    round_id          bigint not null,
    resident_district bigint,
    state             text   not null,
    issued_at_ms      bigint not null,
    expires_at_ms     bigint not null,
    claim_key         text   not null,
    redeemed_at_ms    bigint,
    present_step      bigint,
    -- Limits are counted over these rows. A resident's claims of one campaign
    -- are numbered, so of two at the same time one is refused by this key,
    -- counts again, and no limit is passed.
    primary key (account_id, campaign_id, nth)
);

create index voucher_by_number on voucher (voucher_id);

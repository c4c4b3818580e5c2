-- `integer primary key` is SQLite's own row number: the table grows at its end
-- and the key needs no index of its own.
create table voucher (
    voucher_id        integer not null primary key,
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
    present_step      bigint
);

-- Limits are counted over these rows. A resident's claims of one campaign are
-- numbered, so of two at the same time one is refused by this key, counts
-- again, and no limit is passed.
create unique index voucher_by_account on voucher (account_id, campaign_id, nth);

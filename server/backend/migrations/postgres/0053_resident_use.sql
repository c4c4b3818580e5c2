-- How many vouchers of a campaign a resident has redeemed at the outlets of a
-- merchant on a business day: only of campaigns that limit it, by guarded
-- updates. SQLite's one writer counts them where they stand.
create table resident_use (
    account_id   bigint not null,
    campaign_id  bigint not null,
    merchant_id  bigint not null,
    business_day text   not null,
    redeemed     bigint not null,
    primary key (account_id, campaign_id, merchant_id, business_day)
);

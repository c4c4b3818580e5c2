-- One tree for each use, not a table and its key.
create table outlet_use_by_key (
    account_id   bigint not null,
    campaign_id  bigint not null,
    outlet_id    bigint not null,
    business_day text   not null,
    redeemed     bigint not null,
    primary key (account_id, campaign_id, outlet_id, business_day)
) without rowid;
insert into outlet_use_by_key select account_id, campaign_id, outlet_id, business_day, redeemed from outlet_use;
drop table outlet_use;
alter table outlet_use_by_key rename to outlet_use;

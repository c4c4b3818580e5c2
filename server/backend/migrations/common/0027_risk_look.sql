-- The business days at which the rules have looked: each is looked at once.
create table risk_look (
    business_day text   not null primary key,
    looked_at_ms bigint not null
);

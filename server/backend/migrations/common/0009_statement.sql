-- What a merchant is owed by business day, and what its people may undo.

-- The merchant's own discount on the order, for the record: order_fen is what
-- was left of the order after it.
alter table redemption add column merchant_discount_fen bigint not null default 0
    check (merchant_discount_fen >= 0);

create index redemption_by_statement on redemption (merchant_id, business_day);

-- A reversal stands on its merchant's statement by the day on which it happens.
alter table reversal add column merchant_id bigint not null default 0;
update reversal set merchant_id =
    (select r.merchant_id from redemption r where r.redemption_id = reversal.redemption_id);
create index reversal_by_statement on reversal (merchant_id, reversed_at_ms);

-- How much a person whose refunds are limited has refunded on a business day:
-- the limit is kept here by guarded updates.
create table reversal_use (
    account_id   bigint not null,
    business_day text   not null,
    refunded_fen bigint not null,
    primary key (account_id, business_day)
);

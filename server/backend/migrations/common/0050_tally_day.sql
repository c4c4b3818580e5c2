-- The same counts by business day, district and round alone: a season's page
-- adds up as many rows as it has days, however many hours, kinds and channels
-- the tally tells apart. Both move in the same transaction.
create table tally_day (
    business_day   text   not null,
    district       bigint not null,
    round_id       bigint not null,
    chain          bigint not null,
    claimed        bigint not null default 0,
    redeemed       bigint not null default 0,
    order_fen      bigint not null default 0,
    subsidy_fen    bigint not null default 0,
    government_fen bigint not null default 0,
    primary key (business_day, district, round_id, chain)
);

insert into tally_day (business_day, district, round_id, chain, claimed, redeemed, order_fen, subsidy_fen,
                       government_fen)
select business_day, district, round_id, chain, sum(claimed), sum(redeemed), sum(order_fen), sum(subsidy_fen),
       sum(government_fen)
  from tally group by business_day, district, round_id, chain;

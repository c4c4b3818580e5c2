-- Distinct residents cannot be added up from days. So it is counted of how many
-- a day with a redemption comes next after which other one (none: ''), and
-- between two days there are as many residents as have such a day in between
-- whose last one lies before. Campaign 0 is all of them, district 0 the whole
-- city.
create table resident_tally (
    campaign_id  bigint not null,
    previous_day text   not null,
    business_day text   not null,
    district     bigint not null,
    residents    bigint not null,
    primary key (campaign_id, previous_day, business_day, district)
);

-- The days, districts and campaigns that are counted of each resident.
create table resident_days (
    account_id bigint not null primary key,
    days       text   not null
);

-- Up to which block of each chain of the ledger residents are counted, and up
-- to which moment at least.
create table resident_place (
    place     bigint not null primary key,
    sequences text   not null,
    at_ms     bigint not null
);

insert into resident_place (place, sequences, at_ms) values (1, '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0', 0);

-- The catalogue: what anyone may read. It is loaded into memory whole, so it
-- needs no index beyond its keys.

-- What the installation knows of itself: the fingerprint of its secret, the
-- name of the season that was loaded.
create table meta (
    name  text not null primary key,
    value text not null
);

-- The last number given out of each sequence. A row, not a database sequence:
-- a node takes a range of numbers at once and the same text serves both
-- databases. What a node took and did not use is a hole.
create table counter (
    name  text   not null primary key,
    value bigint not null
);

-- The season, its news, events and dishes: documents, only ever read whole.
create table document (
    kind   text   not null,
    number bigint not null,
    body   text   not null,
    primary key (kind, number)
);

create table merchant (
    merchant_id bigint  not null primary key,
    name        text    not null,
    name_en     text    not null,
    kind        text    not null,
    credit_code text    not null unique,
    demo        boolean not null
);

create table outlet (
    outlet_id   bigint  not null primary key,
    merchant_id bigint  not null references merchant (merchant_id),
    name        text    not null,
    name_en     text    not null,
    district    bigint  not null,
    area        text,
    address     text    not null,
    address_en  text    not null,
    hours       text    not null,
    night       boolean not null,
    telephone   text    not null
);

create table promotion (
    promotion_id  bigint  not null primary key,
    merchant_id   bigint  not null references merchant (merchant_id),
    title         text    not null,
    title_en      text    not null,
    body          text    not null,
    body_en       text    not null,
    price_text    text    not null,
    price_text_en text    not null,
    channel       text    not null,
    supply        text    not null,
    setting       text    not null,
    sector        text    not null,
    starts_on     text    not null,
    ends_on       text    not null,
    hours         text,
    link          text,
    demo          boolean not null
);

create table promotion_outlet (
    promotion_id bigint not null references promotion (promotion_id),
    outlet_id    bigint not null references outlet (outlet_id),
    primary key (promotion_id, outlet_id)
);

-- A campaign's terms are one document: they are agreed, published and read
-- as a whole.
create table campaign (
    campaign_id bigint not null primary key,
    terms       text   not null
);

create table round (
    round_id       bigint  not null primary key,
    campaign_id    bigint  not null references campaign (campaign_id),
    title          text    not null,
    title_en       text    not null,
    method         text    not null,
    opens_at_ms    bigint  not null,
    closes_at_ms   bigint  not null,
    quantity       bigint  not null,
    per_resident   bigint  not null,
    return_to_next boolean not null
);

-- What a round gives out by district; district 0 serves everyone.
create table quota (
    round_id   bigint not null references round (round_id),
    district   bigint not null,
    quantity   bigint not null,
    lend_at_ms bigint,
    primary key (round_id, district)
);

-- A quota's stock, in shares, so that nodes that issue at the same time need
-- not wait for each other's row. `issued` moves by guarded updates and can
-- never pass `quantity`; any node may take from any share.
create table stock (
    round_id bigint not null,
    district bigint not null,
    share    bigint not null,
    quantity bigint not null,
    issued   bigint not null default 0,
    primary key (round_id, district, share),
    check (issued between 0 and quantity)
);

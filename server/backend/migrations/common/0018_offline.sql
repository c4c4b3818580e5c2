-- Tills that go on without a network.

-- The outlets that the bureau allowed, and the limits of each of their tills
-- for a business day; an outlet without a row is not allowed.
create table offline_outlet (
    outlet_id        bigint not null primary key references outlet (outlet_id),
    most_redemptions bigint not null,
    most_subsidy_fen bigint not null,
    allowed_by       bigint not null references account (account_id),
    allowed_at_ms    bigint not null
);

-- What a till redeemed without a network on a business day.
create table offline_use (
    till_id      bigint not null references till (till_id),
    business_day text   not null,
    redeemed     bigint not null,
    subsidy_fen  bigint not null,
    primary key (till_id, business_day)
);

-- Every redemption made without a network, as it arrived: none is dropped.
create table offline_redemption (
    offline_id    bigint not null primary key,
    merchant_id   bigint not null references merchant (merchant_id),
    outlet_id     bigint not null references outlet (outlet_id),
    till_id       bigint not null references till (till_id),
    clerk_id      bigint not null references account (account_id),
    -- Made with the redemption: whichever clerk of the till sends it, it is one.
    idem_key      text   not null,
    request_hash  text   not null,
    voucher_id    bigint not null,
    order_fen     bigint not null,
    made_at_ms    bigint not null,
    arrived_at_ms bigint not null,
    -- booked, conflict, refused
    state         text   not null,
    -- Why it was not booked: the refusal's code and words.
    code          text,
    detail        text,
    detail_en     text,
    redemption_id bigint,
    case_id       bigint
);

create unique index offline_redemption_by_key on offline_redemption (till_id, idem_key);
create index offline_redemption_by_merchant on offline_redemption (merchant_id, offline_id);

-- Whom a case concerns besides its own merchant.
create table risk_party (
    case_id     bigint not null references risk_case (case_id),
    merchant_id bigint not null references merchant (merchant_id),
    primary key (case_id, merchant_id)
);

create index risk_party_by_merchant on risk_party (merchant_id, case_id);

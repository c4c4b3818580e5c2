-- What looks wrong, kept until a person has looked at it.
create table risk_case (
    case_id bigint primary key,
    -- The rule that found it: a name of domain's `RiskSignal`.
    signal text not null,
    merchant_id bigint not null,
    outlet_id bigint not null,
    district text not null,
    voucher_id bigint,
    -- The redemption under suspicion; none when it was never booked.
    redemption_id bigint,
    -- What the rule saw, as JSON; never a phone number.
    evidence text not null,
    -- open, withheld, cleared
    state text not null,
    opened_at_ms bigint not null,
    decided_by bigint,
    decided_at_ms bigint,
    reason text
);
create index risk_case_by_state on risk_case (state, case_id);
create index risk_case_by_merchant on risk_case (merchant_id, case_id);
create index risk_case_by_redemption on risk_case (redemption_id) where redemption_id is not null;

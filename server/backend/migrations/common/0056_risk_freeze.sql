-- What each case froze of its holder's vouchers. A voucher that several cases
-- hold thaws with the last of them.
create table risk_freeze (
    case_id      bigint not null references risk_case (case_id),
    voucher_id   bigint not null,
    frozen_at_ms bigint not null,
    -- None while the case holds it.
    thawed_at_ms bigint,
    primary key (case_id, voucher_id)
);

create index risk_freeze_by_voucher on risk_freeze (voucher_id) where thawed_at_ms is null;

-- Whose vouchers a case holds, while it is frozen: a refund asks.
alter table risk_case add column frozen_account_id bigint;

create index risk_case_by_frozen on risk_case (frozen_account_id) where frozen_account_id is not null;

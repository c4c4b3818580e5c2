-- By time alone: a voucher that is redeemed keeps its place, so a redemption
-- writes nothing here.
drop index voucher_by_expiry;
create index voucher_by_expiry on voucher (expires_at_ms, voucher_id);

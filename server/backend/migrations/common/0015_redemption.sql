-- A redemption touches as few pages as it can. A voucher knows its last
-- redemption, so redemptions need no index by voucher; and of a day they are
-- found in the order in which they came.
alter table voucher add column redemption_id bigint;
update voucher set redemption_id =
    (select r.redemption_id from redemption r where r.voucher_id = voucher.voucher_id
      order by r.redeemed_at_ms desc, r.order_fen - r.refunded_fen desc, r.redemption_id desc limit 1)
 where state = 'redeemed';
drop index redemption_by_voucher;
drop index redemption_by_day;
create index redemption_by_day on redemption (business_day);

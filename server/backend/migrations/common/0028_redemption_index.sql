-- One index finds a merchant's redemptions for its lists and for its statements:
-- each index is one page more that a redemption writes to.
drop index redemption_by_statement;
drop index redemption_by_merchant;
create index redemption_by_merchant on redemption (merchant_id, business_day, redemption_id);

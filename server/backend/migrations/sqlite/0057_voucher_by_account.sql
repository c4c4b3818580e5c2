-- What a claim counts of its resident's vouchers stands in one index: in a table
-- of millions the vouchers themselves lie far apart, and each would be a page to
-- read. Of a key its end is enough to leave all others alone.
alter table voucher add column key_end text generated always as (substr(claim_key, -8)) virtual;
drop index voucher_by_account;
create index voucher_by_account on voucher (account_id, campaign_id, nth, key_end);
-- Of a resident's vouchers of a campaign no two have the same number, as the
-- index said before.
create trigger voucher_is_one before insert on voucher
when exists (select 1 from voucher
              where account_id = new.account_id and campaign_id = new.campaign_id and nth = new.nth)
begin
    select raise(ignore);
end;

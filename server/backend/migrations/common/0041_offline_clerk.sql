-- Whoever sent a redemption that was made without a network: since then
-- `clerk_id` is who was signed in at the till when it was made.
alter table offline_redemption add column sent_by bigint;

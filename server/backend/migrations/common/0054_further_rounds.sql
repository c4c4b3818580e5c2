-- A draft of further rounds names the published campaign that gets them.
alter table campaign_draft add column extends bigint references campaign (campaign_id);

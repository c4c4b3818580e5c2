-- Campaigns that are being built: the form as it was typed, and between whom
-- it stands. Once published the campaign and its rounds stand in tables of
-- their own, and `campaign_id` names them.
create table campaign_draft (
    draft_id        bigint not null primary key,
    state           text   not null,
    form            text   not null,
    version         bigint not null,
    reason          text   not null,
    made_by         bigint not null references account (account_id),
    changed_by      bigint not null references account (account_id),
    changed_at_ms   bigint not null,
    submitted_by    bigint references account (account_id),
    submitted_at_ms bigint,
    published_by    bigint references account (account_id),
    published_at_ms bigint,
    campaign_id     bigint references campaign (campaign_id)
);

create index campaign_draft_by_campaign on campaign_draft (campaign_id);

-- Promotions between their merchant and the bureau. What residents see is the
-- row of `promotion`; where it stands, and what was typed and is not approved
-- yet, is here. A draft is one document: it is written and read as a whole.

alter table promotion add column photos text not null default '[]';

create table promotion_life (
    promotion_id    bigint not null primary key,
    merchant_id     bigint not null references merchant (merchant_id),
    state           text   not null,
    -- Of the revision of a published one.
    revision        text,
    -- Moves with every change; a write carries the one that it read.
    version         bigint not null,
    draft           text,
    -- The only district of its outlets; 0 where they lie in several.
    district        bigint not null default 0,
    -- While it waits: the number of its handing in, and when.
    submission      bigint,
    submitted_at_ms bigint,
    reason          text,
    publish_at_ms   bigint,
    published_at_ms bigint,
    ended_at_ms     bigint
);

create index promotion_life_by_merchant on promotion_life (merchant_id, promotion_id);
create index promotion_life_by_submission on promotion_life (submission);
create index promotion_life_by_state on promotion_life (state, publish_at_ms);

insert into promotion_life (promotion_id, merchant_id, state, version)
select promotion_id, merchant_id, 'published', 1 from promotion;

-- Who did what; account 0 is the program itself.
create table promotion_event (
    promotion_id bigint not null,
    version      bigint not null,
    step         text   not null,
    account_id   bigint not null,
    at_ms        bigint not null,
    reason       text,
    primary key (promotion_id, version)
);

-- Added to in groups: what a node counted since the last time.
create table promotion_count (
    promotion_id bigint not null primary key,
    views        bigint not null,
    claims       bigint not null
);

-- The pictures of a photo, by the hash of all three; they never change. They
-- are here and not in files, so that any node serves them.
create table photo (
    photo_id text  not null,
    size     text  not null,
    picture  bytea not null,
    primary key (photo_id, size)
);

-- Who brought a photo, for the limit of a day.
create table photo_upload (
    merchant_id    bigint not null references merchant (merchant_id),
    photo_id       text   not null,
    uploaded_at_ms bigint not null,
    primary key (merchant_id, photo_id)
);

create index photo_upload_by_time on photo_upload (merchant_id, uploaded_at_ms);

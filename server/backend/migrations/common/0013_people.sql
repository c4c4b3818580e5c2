-- A merchant's people, and the tills that they enrol.

-- Nobody works for two merchants, nor in two roles for one.
create unique index account_role_of_merchant on account_role (account_id) where merchant_id is not null;
create index account_role_by_merchant on account_role (merchant_id, account_id) where merchant_id is not null;

-- Where a person may redeem; one without a row may at every outlet of their
-- merchant.
create table account_outlet (
    account_id bigint not null references account (account_id),
    outlet_id  bigint not null references outlet (outlet_id),
    primary key (account_id, outlet_id)
);

-- Invitations: of the code there is a hash. The outlets are their numbers with
-- spaces between, none for all of them.
create table invitation (
    code_hash      text   not null primary key,
    merchant_id    bigint not null references merchant (merchant_id),
    role           text   not null,
    outlets        text   not null,
    invited_by     bigint not null references account (account_id),
    expires_at_ms  bigint not null,
    accepted_by    bigint,
    accepted_at_ms bigint
);

create index invitation_by_merchant on invitation (merchant_id, expires_at_ms);

-- Enrolled tills: of the secret that the device keeps there is a hash.
create table till (
    till_id         bigint not null primary key,
    merchant_id     bigint not null references merchant (merchant_id),
    outlet_id       bigint not null references outlet (outlet_id),
    name            text   not null,
    secret_hash     text   not null unique,
    enrolled_by     bigint not null references account (account_id),
    enrolled_at_ms  bigint not null,
    switched_by     bigint,
    off_since_ms    bigint
);

create index till_by_merchant on till (merchant_id, till_id);

-- At which till, where the device is one.
alter table redemption add column till_id bigint;

-- Besides accounts, tills are told from node to node.
alter table caller_change add column till_id bigint;

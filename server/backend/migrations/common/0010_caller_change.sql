-- Which accounts' callers a node may not remember any more: somebody signed
-- out, chose another district or got a role. Every node reads on from the last
-- one it saw; they are numbered without holes, so a node that missed some,
-- because they were forgotten after an hour, knows it.
create table caller_change (
    change_id     bigint not null primary key,
    account_id    bigint not null,
    changed_at_ms bigint not null
);

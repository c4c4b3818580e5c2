-- Who changed what: the audit log. It only grows: the triggers below refuse
-- the rest, and the ledger's blocks hold each record's hash.
create table audit (
    audit_id   bigint not null primary key,
    at_ms      bigint not null,
    account_id bigint not null,
    place      text   not null,
    action     text   not null,
    thing      text   not null,
    thing_id   bigint not null,
    old        text   not null,
    new        text   not null,
    hash       text   not null
);

create index audit_by_time on audit (at_ms);
create index audit_by_account on audit (account_id, audit_id);
create index audit_by_thing on audit (thing, thing_id, audit_id);

create trigger audit_is_not_changed before update on audit
begin
    select raise(abort, 'the audit log only grows');
end;

create trigger audit_is_not_cut before delete on audit
begin
    select raise(abort, 'the audit log only grows');
end;

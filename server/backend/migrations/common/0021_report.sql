-- Reports: figures as they stood when somebody froze them. No row is ever
-- changed; `hash` is the SHA-256 of `body`, which is told to whoever asks.
create table report (
    report_id  bigint not null primary key,
    kind       text   not null,
    -- 0: the whole city
    district   bigint not null,
    from_day   text   not null,
    to_day     text   not null,
    made_by    bigint not null,
    made_at_ms bigint not null,
    body       text   not null,
    hash       text   not null
);

-- What a merchant says to a case, at most a few times.
alter table risk_case add column answers bigint not null default 0;
create table risk_answer (
    case_id        bigint not null references risk_case (case_id),
    merchant_id    bigint not null,
    -- 1, 2, 3 of this merchant in this case.
    answer_no      bigint not null,
    account_id     bigint not null,
    answer         text   not null,
    answered_at_ms bigint not null,
    primary key (case_id, merchant_id, answer_no)
);

-- Settlement: the weekly batch that pays merchants, a row of it for each
-- merchant, and a line for each redemption or reversal.
create table settlement (
    settlement_id  bigint not null primary key,
    -- The settlement week's first and last business day.
    from_day       text   not null,
    to_day         text   not null,
    -- draft until it is approved; then approved, exported, paid; or left_out
    state          text   not null,
    -- 1 until it is exported or discarded, then null: one batch at a time.
    open_slot      bigint unique,
    made_by        bigint not null,
    made_at_ms     bigint not null,
    -- Of the exported batch: the SHA-256 of its text, which the ledger holds.
    hash           text,
    bank_reference text
);
create unique index settlement_by_week on settlement (to_day) where state <> 'left_out';

create table settlement_row (
    settlement_id  bigint not null references settlement (settlement_id),
    merchant_id    bigint not null references merchant (merchant_id),
    -- Of its first outlet: whose district reviews it.
    district       bigint not null,
    -- As they stood when the batch was made: the bank's file has them.
    name           text   not null,
    credit_code    text   not null,
    -- draft, confirmed, reviewed, approved, exported, paid, left_out
    state          text   not null,
    -- What the batch before left open: zero or below.
    carried_fen    bigint not null,
    -- What its lines add up to.
    redeemed_fen   bigint not null,
    released_fen   bigint not null,
    withheld_fen   bigint not null,
    clawback_fen   bigint not null,
    reviewed_by    bigint,
    primary key (settlement_id, merchant_id),
    check (carried_fen <= 0),
    check (redeemed_fen >= 0 and released_fen >= 0 and withheld_fen >= 0 and clawback_fen >= 0)
);
create index settlement_row_by_merchant on settlement_row (merchant_id, settlement_id);

create table settlement_line (
    settlement_id  bigint not null,
    merchant_id    bigint not null,
    redemption_id  bigint not null,
    -- The reversal that is clawed back; 0 for the redemption itself.
    reversal_id    bigint not null,
    -- redeemed, released, withheld, clawback, left_out
    kind           text   not null,
    amount_fen     bigint not null,
    primary key (settlement_id, merchant_id, redemption_id, reversal_id),
    check (amount_fen >= 0)
);
-- A redemption is settled once, and a reversal clawed back once.
create unique index settlement_line_settles on settlement_line (redemption_id)
    where kind in ('redeemed', 'released');
create unique index settlement_line_claws_back on settlement_line (reversal_id) where kind = 'clawback';
-- What the next batch looks at again.
create index settlement_line_waits on settlement_line (redemption_id) where kind in ('withheld', 'left_out');

-- Reversals of what an exported batch had settled.
create table clawback (
    reversal_id    bigint not null primary key references reversal (reversal_id),
    redemption_id  bigint not null,
    merchant_id    bigint not null,
    amount_fen     bigint not null
);
create index clawback_by_merchant on clawback (merchant_id);

-- Who took which step of a batch, and over how much.
create table settlement_step (
    step_id        bigint not null primary key,
    settlement_id  bigint not null references settlement (settlement_id),
    step           text   not null,
    -- Whose row was confirmed; 0 otherwise.
    merchant_id    bigint not null,
    -- Of a confirmed row or a review; 0 otherwise.
    district       bigint not null,
    taken_by       bigint not null,
    taken_at_ms    bigint not null,
    rows           bigint not null,
    pay_fen        bigint not null
);
create index settlement_step_by_batch on settlement_step (settlement_id, step_id);

-- A bank's result as it came: taken, or why not.
create table bank_result (
    result_id      bigint not null primary key,
    settlement_id  bigint not null references settlement (settlement_id),
    brought_by     bigint not null,
    brought_at_ms  bigint not null,
    file_name      text   not null,
    file_hash      text   not null,
    -- paid, or the refusal's code
    outcome        text   not null,
    detail         text   not null,
    detail_en      text   not null,
    -- The lines that do not match, as JSON.
    mismatches     text   not null
);
create index bank_result_by_batch on bank_result (settlement_id, result_id);

-- What stands between a merchant's batches: what the last exported one left
-- open. Its lock keeps a refund and a batch apart.
create table settlement_account (
    merchant_id    bigint not null primary key,
    carried_fen    bigint not null default 0,
    turns          bigint not null default 0,
    check (carried_fen <= 0)
);

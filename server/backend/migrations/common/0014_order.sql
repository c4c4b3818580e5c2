-- Redemptions that share an order: each stands for a part of it. One that has
-- its order to itself is not here. The order's number is that of its first
-- redemption.
create table order_part (
    redemption_id bigint not null primary key references redemption (redemption_id),
    order_id      bigint not null
);

create index order_part_by_order on order_part (order_id);

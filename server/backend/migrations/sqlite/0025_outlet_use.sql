-- One writer at a time: a resident's redemptions at an outlet are counted where
-- they stand, and no count has to be kept beside them.
drop table outlet_use;

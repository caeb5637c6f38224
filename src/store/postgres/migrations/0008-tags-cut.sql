-- How many tags were read and have no room in the list that is stored.
ALTER TABLE totals ADD COLUMN tags_cut bigint;

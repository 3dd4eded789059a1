-- Which records a draft was computed from, and drafts that were given up. The same text runs on both databases.

-- The newest import when the records of a draft were read.
alter table list add column import_id bigint references import_batch (id);
-- Set on a draft that was given up; its state stays 'draft'.
alter table list add column discarded_by text;

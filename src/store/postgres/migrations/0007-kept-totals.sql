-- A day that retention has pruned: its totals stay, its snapshot (tags and events) is gone.
ALTER TABLE snapshot_days ADD COLUMN pruned boolean NOT NULL DEFAULT false;

-- Weights are learned of one market each; those of the days before are of parts and materials.
alter table learned add column market text not null default 'parts';

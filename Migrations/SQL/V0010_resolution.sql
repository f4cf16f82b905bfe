-- What a ship rounds a series to before it sends it, as the ship's catalogue declares it: a decimal
-- step, such as 0.05, so a report can say ± 0.025. NULL: the samples are what was sampled.
-- Locks series for a moment, nothing is rewritten.
ALTER TABLE hawser.series ADD COLUMN resolution text;
GRANT UPDATE (resolution) ON hawser.series TO hawser_server;

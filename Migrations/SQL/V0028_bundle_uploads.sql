-- Files that were uploaded for a bundle and never became a version's are collected. Locks nothing: it
-- grants the scheduler what that needs, and of experiments no more than where their artifacts are.

GRANT DELETE ON hawser.artifact_files TO hawser_scheduler;
GRANT SELECT (tenant_id, artifact_location) ON hawser.experiments TO hawser_scheduler;

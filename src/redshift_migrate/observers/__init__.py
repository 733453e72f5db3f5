"""The serverless side as AWS answers it now: one file a subject, reads only. Changes are steps of a plan."""

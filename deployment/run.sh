#!/bin/sh
# What the Lambda Web Adapter starts: the same app as ./chat --serve, with the parts of the deployment.
exec python3 -m redshift_migrate.endpoint.deployed

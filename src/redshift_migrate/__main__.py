"""`python -m redshift_migrate`: the command `redshift-migrate`, which is ./chat in a checkout."""

import sys

from redshift_agent import main

if __name__ == "__main__":
    sys.exit(main())

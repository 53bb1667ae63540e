#!/bin/sh
# An agent that leaves its environment behind.
/usr/bin/env > "$HATRACK_HOME/env"
exit 1

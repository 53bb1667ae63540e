#!/bin/sh
# An agent that finds another one there.
touch "$HATRACK_HOME/lost"
exit 0

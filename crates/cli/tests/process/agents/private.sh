#!/bin/sh
# A private agent: this very test program, told to be one.
[ "$1" = --private ] || exit 1
exec "$HATRACK_TEST_PROGRAM" starting::plays_the_private_agent --exact --nocapture

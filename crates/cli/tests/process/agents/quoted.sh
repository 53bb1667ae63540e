#!/bin/sh
# An agent that can't start, and says why.
echo the lock file is a folder
exit 1

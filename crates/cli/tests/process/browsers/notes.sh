#!/bin/sh
# A browser that notes the address, for the test to find it whole.
printf %s "$1" > "$HATRACK_HOME/noted" && mv "$HATRACK_HOME/noted" "$HATRACK_HOME/opened"

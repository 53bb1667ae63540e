#!/bin/sh
# A browser with a person at it, who signs in as Ada at the provider's development pages and consents.
# It writes the address down that it was given, then does what the person would. PERSON_PYTHON has requests.
printf '%s\n' "$1" >>"$HOME/opened"
exec "$PERSON_PYTHON" "$PERSON_SCRIPT" "$1"

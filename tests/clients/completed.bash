# Completes a line as bash does at Tab, with what "hat completions bash" registers; prints the offers.
source <(hat completions bash)
COMP_LINE=$1
read -r -a COMP_WORDS <<<"$1"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMPREPLY=()
function=$(complete -p hat | sed 's/.*-F \([^ ]*\) .*/\1/')
"$function" hat "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"

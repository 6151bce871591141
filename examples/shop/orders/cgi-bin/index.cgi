#!/bin/sh
# Keeps orders in a file on the claim: POST adds one, GET lists all.
file=/var/lib/orders/list
if [ "$REQUEST_METHOD" = POST ]; then
    read -r -n "${CONTENT_LENGTH:-0}" body
    echo "$(date -u +%FT%TZ) ${body#item=}" >>"$file"
    sync "$file"
fi
printf 'Content-Type: text/plain\r\n\r\n'
[ ! -e "$file" ] || cat "$file"

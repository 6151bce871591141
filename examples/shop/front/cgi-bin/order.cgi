#!/bin/sh
# Takes an order (a form's item=NAME), hands it to the orders service, and shows the page again.
read -r -n "${CONTENT_LENGTH:-0}" body
if timeout 5 wget -q -O /dev/null --post-data "$body" http://orders/cgi-bin/index.cgi; then
    printf 'Status: 303 See Other\r\nLocation: /\r\n\r\n'
else
    printf 'Status: 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\nThe order could not be kept.\n'
fi

#!/bin/sh
# The shop's page: what the catalog has, what was ordered, and who served it.
goods=$(timeout 5 wget -q -O - http://catalog/) || goods=
orders=$(timeout 5 wget -q -O - http://orders/) || orders=
printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!doctype html>
<html lang="en">
<title>Ferry shop</title>
<style>body { font: 16px/1.5 sans-serif; max-width: 40em; margin: 3em auto } td { padding: .2em 1em .2em 0 } small { color: #777 }</style>
<h1>Ferry shop</h1>
<table>
PAGE
if [ -z "$goods" ]; then
    echo '<tr><td>The catalog does not answer.'
fi
echo "$goods" | while IFS=';' read -r name price; do
    [ -z "$name" ] || printf '<tr><td>%s<td>%s<td><form method="post" action="/cgi-bin/order.cgi"><button name="item" value="%s">order</button></form>\n' "$name" "$price" "$name"
done
count=0
[ -z "$orders" ] || count=$(echo "$orders" | wc -l)
cat <<PAGE
</table>
<p>Orders so far: $count</p>
<p><small>served by $(hostname)</small></p>
PAGE

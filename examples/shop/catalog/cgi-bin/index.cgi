#!/bin/sh
# The goods, one a line, as NAME;PRICE: the config map's.
printf 'Content-Type: text/plain\r\n\r\n'
cat /etc/shop/goods

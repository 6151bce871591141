"""Requests to a Kubernetes API server as its kubeconfig says, one connection for each thread."""

import base64
import http.client
import json
import re
import ssl
import sys
import tempfile
import threading


class Api:
    def __init__(self, kubeconfig):
        with open(kubeconfig) as file:
            text = file.read()
        field = lambda name: re.search(rf"{name}: *(\S+)", text).group(1).strip('"')
        self.host = field("server").removeprefix("https://")
        self.context = ssl.create_default_context(cadata=base64.b64decode(field("certificate-authority-data")).decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(base64.b64decode(field("client-certificate-data")) + base64.b64decode(field("client-key-data")))
            pair.flush()
            self.context.load_cert_chain(pair.name)
        self.local = threading.local()

    def ask(self, verb, path, body=None, kind="application/json"):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPSConnection(self.host, context=self.context)
        self.local.connection.request(verb, path, None if body is None else json.dumps(body), {"Content-Type": kind})
        answer = self.local.connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            sys.exit(f"{verb} {path}: {answer.status} {data.decode()[:300]}")
        return json.loads(data)

    def changes(self, path, revision):
        """Follows a list from a revision: kind of change and object."""
        connection = http.client.HTTPSConnection(self.host, context=self.context)
        connection.request("GET", f"{path}{'&' if '?' in path else '?'}watch=1&resourceVersion={revision}")
        answer = connection.getresponse()
        try:
            while line := answer.readline():
                change = json.loads(line)
                yield change["type"], change["object"]
        finally:
            connection.close()

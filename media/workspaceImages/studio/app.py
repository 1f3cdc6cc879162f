"""The least that a Studio is: a page on the port that CONNECT_TOOL_PORT names, and an end when it is asked to."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<h1>It works</h1><p>Put your own application in its place.</p>")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
port = int(os.environ.get("CONNECT_TOOL_PORT", "8080"))
ThreadingHTTPServer(("0.0.0.0", port), Page).serve_forever()

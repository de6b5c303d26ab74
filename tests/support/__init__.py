"""What the tests share: a running demo, HTTP clients, bytes on a socket, FastCGI records."""

// Package client holds a client of the plugin protocol in Python, client.py, and the
// test that runs it. See README.md.
package client

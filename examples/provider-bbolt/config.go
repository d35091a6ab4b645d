package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/durokit/duro/core"
)

// schema describes the configuration to people and to hosts.
const schema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "path": {"type": "string", "minLength": 1, "description": "the file; it is made if there is none"}
  },
  "required": ["path"],
  "additionalProperties": false
}`

// Config opens a store.
type Config struct {
	// Path is the file. All handles of one process on a file share it; another process
	// has to wait until the last of them is closed.
	Path string `json:"path"`

	// clock is the machine's if nil, and unsynced leaves the disk its time: both are for
	// stores that a test drops. A file that is open already keeps what it was opened with.
	clock    Clock
	unsynced bool
}

// parseConfig reads a configuration, and nothing beside it.
func parseConfig(raw []byte) (Config, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, core.Wrap("Open", core.ErrInvalidArgument, err, "read the configuration of the plugin bbolt")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, core.Errorf("Open", core.ErrInvalidArgument, "something follows the configuration of the plugin bbolt")
	}
	if c.Path == "" {
		return c, core.Errorf("Open", core.ErrInvalidArgument, `the plugin bbolt needs the option path, for example {"path": "duro.bolt"}`)
	}
	return c, nil
}

package plugin

import (
	"encoding/json"
	"io"
	"regexp"
	"runtime"

	"golang.org/x/mod/semver"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Info says what a plugin is.
type Info struct {
	// Name is what configurations call it: a-z, 0-9 and "-", a letter first.
	Name string
	// Version is a semantic version without "v", for example "1.2.0".
	Version string
	// Summary is one line for people.
	Summary string
	// ConfigSchema is a JSON Schema of what the plugin's Opener takes, or empty.
	ConfigSchema string
}

var pluginName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

func (i Info) check() error {
	switch {
	case !pluginName.MatchString(i.Name):
		return core.Errorf("Serve", core.ErrInvalidArgument, "the plugin's name is %q; use a-z, 0-9 and -, a letter first", i.Name)
	case !semver.IsValid("v" + i.Version):
		return core.Errorf("Serve", core.ErrInvalidArgument, "the plugin's version is %q, which is no semantic version", i.Version)
	case i.ConfigSchema != "" && !json.Valid([]byte(i.ConfigSchema)):
		return core.Errorf("Serve", core.ErrInvalidArgument, "the plugin's configuration schema is not JSON")
	}
	return nil
}

// Description is what `describe` prints.
type Description struct {
	Name         string          `json:"name"`
	Version      string          `json:"version"`
	Summary      string          `json:"summary,omitempty"`
	Protocol     Protocol        `json:"protocol"`
	OS           string          `json:"os"`
	Arch         string          `json:"arch"`
	Harness      bool            `json:"harness"` // whether --harness is understood
	ConfigSchema json.RawMessage `json:"config_schema,omitempty"`
}

// Protocol is a version of the plugin protocol.
type Protocol struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
}

func (i Info) describe(out io.Writer, harness bool) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(Description{
		Name: i.Name, Version: i.Version, Summary: i.Summary,
		Protocol: Protocol{wire.ProtocolMajor, wire.ProtocolMinor}, OS: runtime.GOOS, Arch: runtime.GOARCH,
		Harness: harness, ConfigSchema: json.RawMessage(i.ConfigSchema),
	})
}

func (i Info) response(harness bool) *providerv1.DescribeResponse {
	return &providerv1.DescribeResponse{
		Name: i.Name, Version: i.Version, ProtocolMinor: wire.ProtocolMinor, ConfigSchema: i.ConfigSchema,
		Harness: harness, Summary: i.Summary,
	}
}

package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"github.com/durokit/duro"
	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
)

// opener opens what a configuration names.
func opener() config.Opener { return config.Opener{Plugin: plugins.Open} }

// request is what the command line says of the backend.
func (c *cli) request() config.Request {
	return config.Request{
		Config: c.configFile, Backend: c.backend, PluginDir: c.pluginDir, Default: defaultBackend, Kinds: duro.Schemes(),
	}
}

// choose finds out which backend the command works on, once.
func (c *cli) choose(ctx context.Context) error {
	if c.choice != nil {
		return nil
	}
	choice, err := config.Choose(c.request())
	if err != nil {
		return notChosen(err)
	}
	return c.use(ctx, choice)
}

// use makes a choice the command's backend. The secrets of its URL are fetched now, so
// that they can be hidden in all that follows.
func (c *cli) use(ctx context.Context, choice *config.Choice) error {
	at := choice.Backend.Value
	if choice.Target.Plugin == nil {
		var err error
		if at, err = opener().URL(ctx, choice.Target); err != nil {
			return &failure{statusOf(err), shownBackend(choice) + ": " + message(err), err}
		}
	}
	if url, ok := choice.Target.AddressURL(); ok && !strings.Contains(at, ":") {
		at = url // what a server at an address has is had by its URL
	}
	c.choice, c.at = choice, at
	return nil
}

// notChosen is an error of finding out which backend is meant.
func notChosen(err error) error {
	problems, ok := errors.AsType[config.Problems](err)
	if !ok {
		return &failure{exitUsage, message(err), err}
	}
	text := problems[0].String()
	if more := len(problems) - 1; more > 0 {
		text += "; and " + plural(more, "more problem") + ", see duro config validate"
	}
	return &failure{exitUsage, text, err}
}

// url is the chosen backend's URL: of a plugin, what names it.
func (c *cli) url() string {
	return cmp.Or(c.at, c.backend, os.Getenv(config.EnvBackend), defaultBackend)
}

// Package config reads duro.yaml: named backends and plugins, and which of them to
// use. A URL is the short form of the same thing, and resolves to the same Target.
//
//	p, err := config.Open(ctx, config.Request{})
//
// opens what $DURO_BACKEND names, else what the file that $DURO_CONFIG names says,
// else what the user's own duro.yaml says. Choose tells what that is without opening
// it, and where each value came from. docs/configuration.md describes the file.
//
// How it is put together:
//
//	Parse     the file as it is written, strictly     (parse.go)
//	check     what is wrong with it, all of it        (check.go)
//	normal    one way to say everything               (normal.go, short.go)
//	Choose    flags before environment before file    (choose.go)
//	Open      secrets are fetched, the store opened   (open.go, dsn.go, program.go)
//	Shown     the same, without secrets               (show.go)
package config

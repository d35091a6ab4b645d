package miniruntime

import "log/slog"

// The attributes that most messages share.

func instanceAttr(id string) slog.Attr { return slog.String("instance", id) }

func errorAttr(err error) slog.Attr { return slog.Any("error", err) }

func attemptAttr(n uint32) slog.Attr { return slog.Uint64("attempt", uint64(n)) }

package vet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

// variants are names that a database takes for one another unless it compares bytes.
func variants(longest int) []string {
	long := strings.Repeat("x", longest-1)
	return []string{"a", "A", "a ", " a", "ä", "a\u0308", "ss", "ß", "\U0001f600", "\U0001f601", "%", "'", `\`, long + "x", long + "y"}
}

// ids makes instances of all variants and asks for each by its name.
func (s *subject) ids(ctx context.Context) {
	names := variants(1024)
	var rows []given
	for _, name := range names {
		rows = append(rows, given{"instance": name})
	}
	_, err := s.write(ctx, s.call(&s.bound.Statements.ClaimsEnsure, rows...))
	for _, name := range names {
		if err != nil {
			break
		}
		var found engine.Result
		found, err = s.one(ctx, s.call(&s.bound.Statements.ClaimsTokens, given{"instance": name}))
		if err == nil && (len(found.Rows) != 1 || found.Rows[0].Text(0) != name) {
			err = fmt.Errorf("%.20q was looked for, and %d rows were found", name, len(found.Rows))
		}
	}
	s.judge("types.id", "case, spaces, accents, four-byte characters and 1,024 bytes are told apart", err)
}

// shortIDs makes sessions of all variants and counts them.
func (s *subject) shortIDs(ctx context.Context) {
	names := variants(255)
	var rows []given
	for _, name := range names {
		rows = append(rows, given{"session": name})
	}
	before, err := s.count(ctx, "sessions")
	if err == nil {
		_, err = s.write(ctx, s.call(&s.bound.Statements.SessionsDirty, rows...))
	}
	if err == nil {
		var after int
		after, err = s.count(ctx, "sessions")
		if err == nil && after-before != len(names) {
			err = fmt.Errorf("%d names made %d rows", len(names), after-before)
		}
	}
	s.judge("types.short", "the same, and 255 bytes", err)
}

func (s *subject) count(ctx context.Context, table string) (n int, err error) {
	err = s.store.Migrations(ctx, func(r *migrate.Runner) error {
		rows, err := r.Session.Query(ctx, "SELECT count(*) FROM "+quoted(s.store, r.Prefix+table))
		if err != nil {
			return err
		}
		_, err = fmt.Sscan(fmt.Sprint(rows[0][0]), &n)
		return err
	})
	return n, err
}

// payloads stores every byte, then the largest payload there may be.
func (s *subject) payloads(ctx context.Context) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	s.judge("types.payload", "every byte is stored, NUL included", s.payload(ctx, every))
	largest := slices.Repeat(every, 16<<20/len(every))
	err := s.payload(ctx, largest)
	if failure, ok := errors.AsType[*engine.Failure](err); ok && failure.Class.Code == core.ErrInvalidArgument {
		s.addf(Hint, "types.payload, 16 MiB", "a setting of this server allows less: %v", err)
		return
	}
	s.judge("types.payload, 16 MiB", "stored", err)
}

func (s *subject) payload(ctx context.Context, item []byte) error {
	results, err := s.undone(ctx,
		s.call(&s.bound.Statements.AsidePut, given{"item": item}), s.call(&s.bound.Statements.AsideList))
	if err != nil {
		return err
	}
	for _, row := range results[1].Rows {
		if slices.Equal(row.Bytes(3), item) {
			return nil
		}
	}
	return fmt.Errorf("%d bytes were stored, and are not among what was read", len(item))
}

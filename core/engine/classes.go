package engine

import (
	"context"
	"hash/fnv"
	"sync"

	"github.com/durokit/duro/core"
)

// classSet knows the store's pinned versions and tags. A class is a hash of the
// name, so that every process gives a name the same class without asking; the
// table says which exist, because a filter must name them one by one.
type classSet struct {
	e     *Engine
	mu    sync.RWMutex
	count int64
	pins  map[int64]core.Semver
	tagsK map[int64]string
}

// versionClass is above 0: 0 means not pinned.
func versionClass(v core.Semver) int64 { return hash("version", v.String(), 62) | 1 }

// tagClass is 0 without a tag, else above 0 and below RouteFree/2, so that it
// can be added to a base.
func tagClass(tag *string) int64 {
	if tag == nil {
		return 0
	}
	return hash("tag", *tag, 59) | 1
}

// sessionBase is the base of a session's routes: even, above 0, below RouteFree/2.
func sessionBase(session string) int64 { return hash("session", session, 59)&^1 | 2 }

func hash(kind, s string, bits int) int64 {
	h := fnv.New128a()
	_, _ = h.Write([]byte(kind + "\x00" + s))
	sum := h.Sum(nil)
	var n uint64
	for _, b := range sum[8:] {
		n = n<<8 | uint64(b)
	}
	for _, b := range sum[:8] { // fold: the low half alone mixes short texts badly
		n = n*31 + uint64(b)
	}
	return int64(n >> (64 - bits))
}

// reload reads the store's classes.
func (c *classSet) reload(ctx context.Context) error {
	results, err := c.e.read(ctx, Call{Stmt: &c.e.s.ClassesList})
	if err != nil {
		return err
	}
	rows := results[0].Rows
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count, c.pins, c.tagsK = int64(len(rows)), map[int64]core.Semver{}, map[int64]string{}
	for _, row := range rows {
		c.note(row.Int(0), row.Int(1), row.Text(2))
	}
	return nil
}

func (c *classSet) note(kind, class int64, name string) {
	if kind == classKindTag {
		c.tagsK[class] = name
		return
	}
	if v, err := core.ParseSemver(name); err == nil {
		c.pins[class] = v
	}
}

// grew reloads when the store holds another number of classes than known, and
// reports whether it did.
func (c *classSet) grew(ctx context.Context, count int64) bool {
	c.mu.RLock()
	same := c.count == count
	c.mu.RUnlock()
	return !same && c.reload(ctx) == nil
}

// put makes classes known to the store before something refers to them.
func (c *classSet) put(rows [][]any) error {
	missing := rows[:0:0]
	c.mu.RLock()
	for _, r := range rows {
		class := Row(r).Int(1)
		_, known := c.tagsK[class]
		if Row(r).Int(0) == classKindVersion {
			_, known = c.pins[class]
		}
		if !known {
			missing = append(missing, r)
		}
	}
	c.mu.RUnlock()
	if len(missing) == 0 {
		return nil
	}
	for n := 0; ; n++ { // to insert what exists changes nothing: no need to know whether it went in
		_, err := c.e.write([]Call{{Stmt: &c.e.s.ClassesPut, Rows: missing}})
		if err == nil {
			return c.reload(c.e.run)
		}
		if f := asFailure(err); !f.Ambiguous || n == replays {
			return &Failure{Class: f.Class, Native: f.Native, Call: f.Call, Err: f.Err} // the operation itself has not begun
		}
	}
}

// versions returns the classes a filter accepts; unpinned instances pass every
// filter (contract 2.1).
func (c *classSet) versions(f *core.CapabilityFilter) [][]any {
	c.mu.RLock()
	defer c.mu.RUnlock()
	rows := [][]any{{classUnpinned}}
	for class, v := range c.pins {
		if f.Supports(&v) {
			rows = append(rows, []any{class})
		}
	}
	return rows
}

// tags returns the classes a tag filter accepts.
func (c *classSet) tags(f core.TagFilter) [][]any {
	var rows [][]any
	if f.Matches(nil) {
		rows = append(rows, []any{int64(0)})
	}
	if f.Mode == core.TagsAny {
		c.mu.RLock()
		defer c.mu.RUnlock()
		for class := range c.tagsK {
			rows = append(rows, []any{class})
		}
		return rows
	}
	for _, t := range f.Tags {
		rows = append(rows, []any{tagClass(&t)})
	}
	return rows
}

package engine

import (
	"log/slog"
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
)

// orchestrationClaim is what fetches of instances with the same filter and lock
// time want. Fetches with other lock times form a group of their own, so that a
// claim has one deadline and its rows are found by it.
type orchestrationClaim struct {
	e      *Engine
	filter *core.CapabilityFilter
	lockMS int64
}

func (orchestrationClaim) orchestrations() bool { return true }

func (c orchestrationClaim) key() string {
	var b strings.Builder
	b.WriteString("o")
	b.WriteString(strconv.FormatInt(c.lockMS, 10))
	if c.filter != nil {
		for _, r := range c.filter.SupportedVersions {
			b.WriteString("|" + r.Min.String() + "-" + r.Max.String())
		}
	}
	return b.String()
}

func (c orchestrationClaim) interests() []interest {
	is := []interest{{kind: LookInstances, class: classOrphan}}
	for _, class := range c.e.classes.versions(c.filter) {
		is = append(is, interest{kind: LookInstances, class: Row(class).Int(0)})
	}
	return is
}

func (c orchestrationClaim) round(g *group, taken []*waiter, now int64) round {
	return &orchestrationRound{
		orchestrationClaim: c, g: g, taken: taken, lockUntil: later(now, c.lockMS),
		nonce: newNonce(), holder: c.e.cacheHolder(), classes: c.e.classes.versions(c.filter),
	}
}

// orchestrationRound is one claim of instances.
type orchestrationRound struct {
	orchestrationClaim
	g         *group
	taken     []*waiter
	nonce     []byte
	holder    int64
	classes   [][]any
	lockUntil int64
}

// The calls of a round, in order.
const (
	callMark = iota
	callTag
	callItems
	callMessages
	callHistory
	callKV
	callHorizon
)

func (r *orchestrationRound) members() (*group, []*waiter) { return r.g, r.taken }

func (r *orchestrationRound) calls(now int64, base int) []Call {
	s := r.e.s
	limit := int64(len(r.taken))
	horizon := append([][]any{{classOrphan}}, r.classes...)
	marked := base + callMark + 1
	return []Call{
		{Stmt: &s.ClaimMark, Scalars: []any{now, r.lockUntil, r.nonce, limit, r.holder}, Rows: r.classes},
		{Stmt: &s.ClaimTag, Scalars: []any{now, r.lockUntil, r.nonce}, Rows: r.classes, IfChanged: marked},
		{Stmt: &s.ClaimItems, Scalars: []any{r.lockUntil, r.nonce}, Rows: r.classes, IfChanged: marked},
		{Stmt: &s.ClaimMessages, Scalars: []any{now, r.lockUntil, r.nonce}, Rows: r.classes, IfChanged: marked},
		{Stmt: &s.ClaimHistory, Scalars: []any{r.lockUntil, r.nonce, r.holder}, Rows: r.classes, IfChanged: marked},
		{Stmt: &s.ClaimKV, Scalars: []any{r.lockUntil, r.nonce}, Rows: r.classes, IfChanged: marked},
		{Stmt: &s.ClaimHorizon, Rows: horizon},
	}
}

func (r *orchestrationRound) finish(now int64, results []Result) {
	c := claimed{items: r.items(results), now: now, due: Never}
	orphans := false
	for _, row := range results[callHorizon].Rows {
		switch class, due := row.Int(0), row.Int(1); class {
		case HorizonClasses:
			c.more = r.e.classes.grew(r.e.run, due) || c.more
		case classOrphan:
			c.due, orphans = min(c.due, due), due <= now
		default:
			c.due, c.more = min(c.due, due), c.more || due <= now
		}
	}
	if orphans && r.e.settleOrphans(now) {
		c.more = true
	}
	r.e.waiting.settle(r.g, r.taken, c)
}

func (r *orchestrationRound) found(results []Result) int { return len(results[callItems].Rows) }

func (r *orchestrationRound) fail(err error) { r.e.waiting.fail(r.g, r.taken, err) }

// items groups the claimed rows by instance.
func (r *orchestrationRound) items(results []Result) []any {
	rows := results[callItems].Rows
	items := make([]any, 0, len(rows))
	byID := make(map[string]*claimedInstance, len(rows))
	for _, row := range rows {
		c := &claimedInstance{record: row, nonce: r.nonce, historyRead: row.Int(itemPrevHolder) != r.holder}
		byID[row.Text(itemInstance)] = c
		items = append(items, c)
	}
	for _, row := range results[callMessages].Rows {
		if c := byID[row.Text(0)]; c != nil {
			c.messages = append(c.messages, row)
		}
	}
	for _, row := range results[callHistory].Rows {
		if c := byID[row.Text(0)]; c != nil {
			c.history = append(c.history, row)
		}
	}
	for _, row := range results[callKV].Rows {
		if c := byID[row.Text(0)]; c != nil {
			c.kv = append(c.kv, row)
		}
	}
	return items
}

// orphanBatch is how many orphans one round looks at.
const orphanBatch = 64

// settleOrphans looks at due messages of instances without context: those whose
// start has become visible are made claimable, queue messages alone are dropped,
// the rest is parked until something changes (contract 2.1). It reports whether
// a claim should look again.
func (e *Engine) settleOrphans(now int64) bool {
	for {
		nonce := newNonce()
		results, err := e.write([]Call{
			{Stmt: &e.s.OrphansMark, Scalars: []any{now, nonce, int64(orphanBatch)}, Counted: true},
			{Stmt: &e.s.OrphansDrop, Scalars: []any{now, nonce}, IfChanged: 1},
			{Stmt: &e.s.OrphansSettle, Scalars: []any{now, nonce}, IfChanged: 1},
		})
		if err != nil {
			e.opts.Logger.Warn("settle messages of instances without context",
				slog.String("store", e.opts.Name), slog.Any("error", err))
			return asFailure(err).Ambiguous
		}
		if results[0].Affected < orphanBatch {
			return true
		}
	}
}

// later is now plus ms, before Never.
func later(now, ms int64) int64 {
	if ms >= Never-now {
		return Never - 1
	}
	return now + ms
}

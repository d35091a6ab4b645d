package render_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/durokit/duro/internal/testservers"
)

// TestManyClasses: a claim takes the oldest instances of all classes it names,
// however many, and never more than the limit.
func TestManyClasses(t *testing.T) {
	onStores(t, func(s *store) {
		var messages, classes []row
		for i := range 40 {
			id := fmt.Sprintf("i%02d", i)
			messages = append(messages, message(id, kindCx, int64(100-i), "start"))
			classes = append(classes, row{int64(1000 + i)})
		}
		start(s, 200, 1, messages...)
		for i := range 40 {
			s.run("claim.mark", in{200, 300, nonce, 1, 1}, row{0})
			held := fmt.Sprintf("i%02d", 39-i)
			s.want(s.run("claim.items", in{300, nonce}, row{0}), held+" 0 0 7 0 0 - -")
			s.run("ack.release", in{200}, row{held, nonce, 0, 1, 0, 1000 + i})
			s.run("claims.settle", in{200}, row{held, nil})
		}
		if n := s.changed("claim.mark", in{200, 300, nonce, 25, 1}, classes...); n != 25 {
			t.Errorf("claimed %d of 25", n)
		}
		if n := len(s.rows("claim.items", in{300, nonce}, classes...)); n != 25 {
			t.Errorf("returned %d of 25", n)
		}
		s.want(s.look("MIN(visible_at)", "messages WHERE instance_id IN (SELECT instance_id FROM "+s.name("claims")+
			" WHERE token IS NULL)", "1"), "86") // the 25 oldest have 61 to 85
		if n := s.changed("claim.mark", in{200, 301, other, 25, 1}, classes...); n != 15 {
			t.Errorf("claimed %d of the other 15", n)
		}
	})
}

// TestPostgresClaimsAtOnce: two transactions never take the same instance, work
// or session, and none waits for the other.
func TestPostgresClaimsAtOnce(t *testing.T) {
	t.Parallel()
	s := openPostgres(t, renderAll(t, testservers.Postgres))
	start(s, 200, 1, message("a", kindCx, 1, "x"), message("b", kindCx, 2, "x"))
	s.run("work.insert", nil, work(1, 0, baseS, "s"), work(2, 5, baseS+5, "s"), work(3, 0, 0, nil), work(4, 0, 0, nil))
	s.run("sessions.dirty", nil, row{"s", 0, baseS}, row{"s", 5, baseS + 5})
	s.want(claimSession(s, 100, 150, nonce, 9, "nobody", row{77}), "")

	mine, yours := s.begin(), s.begin()
	mine.exec("SET LOCAL lock_timeout = 1000")
	yours.exec("SET LOCAL lock_timeout = 1000")
	mine.run("claim.mark", in{200, 300, nonce, 1, 1}, row{0})
	yours.run("claim.mark", in{200, 300, other, 5, 1}, row{0})
	s.want(mine.run("claim.items", in{300, nonce}, row{0}), "a 0 0 7 0 0 - -")
	s.want(yours.run("claim.items", in{300, other}, row{0}), "b 0 0 7 0 0 - -")

	// Both heads of the session are free, under different tags. The first claim
	// also looked at work 3, which the second skips until that is committed.
	mine.run("work.claim_session", in{200, 300, nonce, 1, "me"}, row{0})
	yours.run("work.claim_session", in{200, 300, other, 9, "you"}, row{5}, row{0})
	s.want(mine.run("work.claimed", in{300, nonce}), "1 1 s w1")
	s.want(yours.run("work.claimed", in{300, other}), "4 1 - w4")
	mine.run("sessions.own", in{200, 300, nonce, "me", 900})
	mine.commit()
	yours.run("work.claim_session", in{200, 300, other, 9, "you"}, row{5}, row{0})
	s.want(yours.run("work.claimed", in{300, other}), "3 1 - w3|4 1 - w4")
	yours.commit()
	s.want(s.look("owner", "sessions", "tag_class"), "me|me")
}

// begin returns the store in a transaction of its own.
func (s *store) begin() *store {
	s.Helper()
	tx, err := s.pool.BeginTx(context.Background(), nil)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = tx.Rollback() }) // fails once committed
	own := *s
	own.db, own.commit = tx, func() {
		if err := tx.Commit(); err != nil {
			s.Error(err)
		}
	}
	return &own
}

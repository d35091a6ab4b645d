package render_test

import (
	"strconv"
	"testing"

	"github.com/durokit/duro/core/engine"
)

func num(n int64) string { return strconv.FormatInt(n, 10) }

// Sessions of these tests: their route is base + tag class.
const (
	baseS = int64(1000)
	baseT = int64(2000)
	free  = int64(1) << 61
)

func work(activity, class, home int64, session any) row {
	return row{"i", 1, activity, session, nil, class, home, b("w" + num(activity))}
}

// claimSession is what the engine does to claim work with sessions.
func claimSession(s *store, now, until int64, token []byte, limit int, owner string, classes ...row) string {
	s.Helper()
	s.run("work.promote_sessions", in{now, 64})
	s.run("work.promote", in{now, 64})
	mark := -5 - now
	s.run("sessions.mark", in{now, 64, mark})
	s.run("sessions.demote", in{mark})
	s.run("sessions.head", in{now, mark})
	s.run("sessions.promote", in{mark})
	s.run("sessions.settled", in{now, mark})
	s.checked()
	s.run("work.claim_session", in{now, until, token, limit, owner}, classes...)
	got := s.run("work.claimed", in{until, token})
	s.run("sessions.own", in{now, until, token, owner, until + 1000})
	s.checked()
	return got
}

func TestWork(t *testing.T) {
	onStores(t, func(s *store) {
		s.run("work.insert", nil, work(1, 0, 0, nil), work(2, 5, 5, nil), work(3, 0, 0, nil), work(4, 5, 5, nil))
		s.run("work.insert", nil, work(5, 6, 6, nil))
		five := s.look("id", "work WHERE activity_id = 5", "1") // inserts of several rows may leave gaps
		s.run("work.claim", in{200, nonce, 3}, row{0}, row{5})
		s.want(s.run("work.claimed", in{200, nonce}), "1 1 - w1|2 1 - w2|3 1 - w3")
		s.want(s.run("work.lock", nil, row{1}, row{4}, row{77}), "1 "+string(nonce)+" 200|4 - 0")
		s.want(s.run("work.horizon", nil), "-3 200|-2 0")
		s.want(s.run("count.depths", in{100}), "0 0 0 0 2 0 3 0")
		s.checked()

		// A completion is stored for active work only, and work deleted.
		s.run("claims.ensure", nil, row{"i", 1})
		s.run("work.complete", in{100}, row{1, nonce, "i", 0, 100, b("done 1")}, row{2, other, "i", 0, 100, b("no")},
			row{2, nonce, "i", 0, 100, b("done 2")})
		s.run("work.delete", in{100}, row{1, nonce}, row{2, other})
		s.run("work.extend", in{100}, row{2, nonce, 300}, row{3, other, 999})
		s.run("claims.settle", in{100}, row{"i", 1})
		s.want(s.run("messages.of", in{"i"}), "1 0 100 0 0 done 1|2 0 100 0 0 done 2")
		s.want(s.look("id, due", "work", "id"), "2 300|3 200|4 0|"+five+" 0")

		// Given back: at once, after a delay, or when the lock expires.
		s.run("work.abandon", in{100}, row{2, nonce, 100, 1}, row{3, nonce, 150, 0}, row{4, nonce, 1, 1})
		s.want(s.look("id, route, due, attempts", "work", "id"), "2 5 0 0|3 -1 150 1|4 5 0 0|"+five+" 6 0 0")
		s.run("work.claim", in{400, other, 9}, row{5}, row{0})
		s.want(s.run("work.claimed", in{400, other}), "2 1 - w2|4 1 - w4")
		s.run("work.promote", in{150, 1})
		s.want(s.look("id, route, due", "work", "id"), "2 -1 400|3 0 0|4 -1 400|"+five+" 6 0")
		s.run("work.promote", in{400, 64})
		s.want(s.run("work.tokens", nil, row{2}, row{4}), "2 "+string(other)+"|4 "+string(other))
		s.run("work.drop", nil, row{2, other}, row{4, nonce})
		s.want(s.look("id", "work", "id"), "3|4|"+five)
		s.checked()
	})
}

func TestSessions(t *testing.T) {
	onStores(t, func(s *store) {
		insert := func(rows ...row) {
			for _, r := range rows { // one by one: inserts of several rows may leave gaps in the ids
				s.run("work.insert", nil, r)
				if r[3] != nil {
					s.run("sessions.dirty", nil, row{r[3], r[5], r[6]}, row{r[3], r[5], r[6]})
				}
			}
		}
		insert(work(1, 0, baseS, "s"), work(2, 0, baseS, "s"), work(3, 0, 0, nil), work(4, 0, baseT, "t"),
			work(5, 5, baseS+5, "s"))

		// Of a free session one row may be claimed; then the rest is its owner's.
		s.want(claimSession(s, 100, 200, nonce, 9, "me", row{0}), "1 1 s w1|3 1 - w3|4 1 t w4")
		s.want(claimSession(s, 101, 201, other, 9, "you", row{0}, row{5}), "")
		s.want(claimSession(s, 102, 202, nonce, 9, "me", row{0}, row{5}), "2 1 s w2|5 1 s w5")
		s.want(s.look("session_id, tag_class, owner, locked_until, last_activity_at", "sessions", "session_id, tag_class"),
			"s 0 me 1202 102|s 5 me 1202 102|t 0 me 1200 100")

		// New work of an owned session, under a new tag, is the owner's.
		insert(work(6, 6, baseS+6, "s"))
		s.want(claimSession(s, 103, 203, other, 9, "you", row{0}, row{6}), "")
		s.want(claimSession(s, 104, 204, other, 9, "me", row{0}, row{6}), "6 1 s w6")

		// What those who wait would see of it.
		s.run("claims.ensure", nil, row{"i", 7})
		s.run("messages.insert", nil, message("i", kindCx, 50, "x"))
		s.run("claims.settle", in{104}, row{"i", 1})
		looks := []row{{0, engine.LookInstances, 0, nil}, {1, engine.LookInstances, 3, nil}, {2, engine.LookWork, engine.RouteWaiting, nil},
			{3, engine.LookWork, baseS + 9, nil}, {4, engine.LookSessions, 0, nil}, {5, engine.LookOwned, 0, "me"},
			{6, engine.LookOwned, 0, "you"}, {7, engine.LookClasses, 0, nil}}
		s.want(s.run("look.due", in{104}, looks...), "0 50|2 200|4 0|7 0")
		insert(work(7, 6, baseS+6, "s"))
		s.want(s.run("look.due", in{104}, looks...), "0 50|2 200|4 0|5 0|7 0")
		s.want(s.run("look.due", in{1300}, looks[4:]...), "4 0|7 0")
		s.want(claimSession(s, 105, 205, other, 9, "me", row{6}), "7 1 s w7")
		s.run("work.delete", in{106}, row{7, other})

		s.run("work.touch_session", in{110}, row{6, other}, row{4, nonce})
		s.want(s.run("sessions.renewable", in{110, 105}, row{"me"}, row{"you"}), "s|t")
		s.run("sessions.renew", in{110, 105, 5000}, row{"me"})
		s.run("work.delete", in{120}, row{6, other}, row{2, nonce}, row{5, nonce}, row{4, nonce}, row{3, nonce})
		s.run("work.dirty_session", nil, row{1, nonce})
		s.run("work.abandon", in{120}, row{1, nonce, 120, 0})
		s.want(claimSession(s, 130, 230, other, 9, "you", row{0}), "")

		// When the session expires, anybody may take it.
		s.want(s.run("sessions.orphaned", in{6000}), "t")
		s.want(claimSession(s, 6000, 6100, other, 9, "you", row{0}), "1 2 s w1")
		s.run("sessions.delete", in{6000}, row{"t"}, row{"s"})
		s.want(s.look("session_id, tag_class, owner", "sessions", "session_id, tag_class"), "s 0 you|s 5 you|s 6 you")
		s.want(s.run("work.horizon", nil), "-3 6100|-4 0|-2 0")
	})
}

func TestCancelledHead(t *testing.T) {
	onStores(t, func(s *store) {
		start(s, 100, 1, message("i", kindCx, 50, "x"))
		s.run("claim.mark", in{100, 900, nonce, 5, 1}, row{0})
		s.run("ack.insert_work", in{100}, append(row{"i", nonce}, work(1, 0, baseS, "s")...), append(row{"i", nonce}, work(2, 0, baseS, "s")...),
			append(row{"i", other}, work(3, 0, 0, nil)...))
		s.run("sessions.dirty", nil, row{"s", 0, baseS}, row{"s", 0, baseS})
		s.want(claimSession(s, 100, 200, other, 9, "you", row{7}), "")
		s.want(s.look("id, route", "work", "id"), "1 "+num(free)+"|2 "+num(baseS))
		s.want(s.look("head, due", "sessions", "1"), "1 "+num(never))
		s.run("ack.cancel_sessions", in{110}, row{"i", nonce, "i", 1, 1})
		s.run("ack.cancel_work", in{110}, row{"i", nonce, "i", 1, 1}, row{"i", other, "i", 1, 2})
		s.want(claimSession(s, 120, 220, nonce, 9, "you", row{0}), "2 1 s w2")
		s.run("delete.sessions", nil, row{"i"})
		s.want(s.look("due", "sessions", "1"), "0")
	})
}

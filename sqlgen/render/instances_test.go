package render_test

import "testing"

const (
	never  = int64(1) << 62
	kindQ  = 2
	kindCx = 1
)

var nonce, other = b("0123456789abcdef"), b("fedcba9876543210")

// start enqueues messages for instances, as the engine does.
func start(s *store, now, seq int64, messages ...row) {
	s.Helper()
	seen := map[any]bool{}
	var ensure, settle, lock []row
	for _, m := range messages {
		if !seen[m[0]] {
			seen[m[0]] = true
			ensure, settle, lock = append(ensure, row{m[0], 7}), append(settle, row{m[0], seq}), append(lock, row{m[0]})
		}
	}
	s.run("claims.ensure", nil, ensure...)
	s.run("claims.lock", nil, lock...)
	s.run("messages.insert", nil, messages...)
	s.run("claims.settle", in{now}, settle...)
}

func message(instance string, kind int, visibleAt int64, item string) row {
	return row{instance, kind, visibleAt, nil, b(item)}
}

func TestTurn(t *testing.T) {
	onStores(t, func(s *store) {
		start(s, 100, 1, message("a", kindCx, 50, "start a"), message("b", kindCx, 60, "start b"),
			message("a", 0, 60, "more a"), message("a", 0, 500, "later a"), message("c", 0, 10, "orphan"))
		s.want(s.run("claim.horizon", nil, row{0}, row{3}, row{-1}), "0 50|-1 10|-2 0")
		s.checked()

		// The oldest is claimed first, with all that is visible.
		if n := s.changed("claim.mark", in{100, 200, nonce, 1, 42}, row{0}, row{3}); n != 1 {
			t.Errorf("marked %d", n)
		}
		if n := s.changed("claim.tag", in{100, 200, nonce}, row{0}, row{3}); n != 2 {
			t.Errorf("tagged %d", n)
		}
		s.want(s.run("claim.items", in{200, nonce}, row{0}, row{3}), "a 0 0 7 0 0 - -")
		s.want(s.run("claim.messages", in{100, 200, nonce}, row{0}, row{3}), "a 1 1 start a|a 3 1 more a")
		s.want(s.run("claims.lock", nil, row{"a"}, row{"b"}, row{"nobody"}), "a "+string(nonce)+" 200|b - 60")
		s.want(s.run("check.locks", in{100}), "instance a")
		s.want(s.run("count.depths", in{100}), "1 1 2 1 0 0 0 0")
		s.checked()

		ackTurn(s)
		s.checked()
		s.want(s.run("claims.tokens", nil, row{"a"}), "a - "+string(nonce))
		s.want(s.look("instance_id, version_class, due, seq, has_context, execution_id, event_count", "claims", "instance_id"),
			"a 9 500 2 1 1 2|b 0 60 1 0 0 0|c -1 10 1 0 0 0|d 0 130 2 0 0 0")
		s.want(s.run("info.instance", in{"a"}), "Name v1 1 Running - 110 110 -")
		s.want(s.run("info.execution", in{"a", 1}), "Running - 110 - 2")
		s.want(s.run("read.history", in{"a", 1}), "1 e1|2 e2")
		s.want(s.run("read.custom_status", in{"a"}), "busy 1")
		s.want(s.run("read.kv_all", in{"a"}), "k1 one|k2 two")
		s.want(s.run("read.stats", in{"a"}), "2 4 2 6")
		s.want(s.look("kind, visible_at, item", "messages WHERE instance_id = 'd'", "id"), "1 130 child")

		// The next turn continues as new: the delta is merged, the pointer moves.
		s.run("claim.mark", in{600, 700, other, 1, 42}, row{9})
		s.run("claim.tag", in{600, 700, other}, row{9})
		s.want(s.run("claim.items", in{700, other}, row{9}), "a 1 2 7 42 1 Name v1")
		s.want(s.run("claim.history", in{700, other, 42}, row{9}), "")
		s.want(s.run("claim.history", in{700, other, 43}, row{9}), "a 1 e1|a 2 e2")
		s.want(s.run("claim.kv", in{700, other}, row{9}), "")
		nextTurn(s)
		s.checked()
		s.want(s.look("version_class, due, execution_id, event_count", "claims WHERE instance_id = 'a'", "1"), "0 "+num(never)+" 2 1")
		s.want(s.look("kv_key, store_value, store_at, delta_state", "kv", "kv_key"), "k2 two 106 0")
		s.want(s.run("prune.candidates", in{"a"}), "2 Completed 650|1 ContinuedAsNew 640")
		s.want(s.run("list.by_status", in{"Completed"}), "a")
		s.want(s.run("count.metrics", nil), "1 2 0 1 0 3")
		s.want(s.run("bulk.deletable", in{never, 10}), "a")
		s.want(s.run("bulk.deletable", in{650, 10}), "")
		s.want(s.run("bulk.deletable_among", in{651, 10}, row{"b"}, row{"a"}), "a")
		s.want(s.run("bulk.prunable_among", in{never, 10}, row{"b"}, row{"a"}), "a")
		s.want(s.run("bulk.prunable", in{650, 10}), "")
	})
}

// ackTurn commits a's first turn, and that of somebody whose lock is gone.
func ackTurn(s *store) {
	now := in{110}
	s.run("ack.messages", now, row{"a", nonce}, row{"b", other})
	s.run("ack.create_instance", now, row{"a", nonce, b("Name"), b("v1"), nil}, row{"b", other, b("x"), nil, nil})
	s.run("ack.create_execution", now, row{"a", nonce, 1}, row{"b", other, 1})
	s.run("ack.insert_history", now, row{"a", nonce, 1, 1, b("e1")}, row{"a", nonce, 1, 2, b("e2")},
		row{"b", other, 1, 1, b("no")})
	s.run("ack.custom_status", now, row{"a", nonce, b("busy")})
	s.run("ack.put_kv", now, row{"a", nonce, "k1", b("one"), 105, 1}, row{"a", nonce, "k2", b("two"), 106, 1},
		row{"a", nonce, "k3", nil, 110, 2}, row{"b", other, "k1", b("no"), 1, 1})
	s.run("claims.ensure", nil, row{"d", 9})
	s.run("ack.insert_messages", now, row{"a", nonce, "d", kindCx, 130, "a", b("child")},
		row{"b", other, "d", kindCx, 1, nil, b("no")})
	s.run("ack.release", now, row{"a", nonce, 1, 2, 1, 9}, row{"b", other, 1, 2, 1, 9})
	s.run("claims.settle", in{140}, row{"a", 2}, row{"b", 2}, row{"d", 2})
}

// nextTurn ends execution 1 and the one after it, in one turn each.
func nextTurn(s *store) {
	s.run("ack.messages", in{640}, row{"a", other})
	s.run("ack.create_instance", in{640}, row{"a", other, b("Name"), nil, "p"})
	s.run("ack.create_execution", in{640}, row{"a", other, 1})
	s.run("ack.set_status", in{640}, row{"a", other, 1, "ContinuedAsNew", b("in"), 640}, row{"a", nonce, 1, "no", nil, nil})
	s.run("ack.put_kv", in{640}, row{"a", other, "k1", nil, 640, 2})
	s.run("ack.merge_kv_drop", in{640}, row{"a", other})
	s.run("ack.merge_kv_keep", in{640}, row{"a", other})
	s.run("ack.create_execution", in{650}, row{"a", other, 2})
	s.run("ack.set_status", in{650}, row{"a", other, 2, "Completed", b("out"), 650})
	s.run("ack.pin", in{650}, row{"a", other, 2, "1.2.3"}, row{"a", nonce, 2, "9.9.9"})
	s.want(s.look("status, pinned", "executions", "execution_id"), "ContinuedAsNew -|Completed 1.2.3")
	s.run("ack.insert_history", in{650}, row{"a", other, 2, 1, b("e1")})
	s.run("ack.release", in{650}, row{"a", other, 2, 1, 0, nil})
	s.run("claims.settle", in{660}, row{"a", nil})
	s.want(s.run("info.instance", in{"a"}), "Name v1 2 Completed out 110 640 p")
}

func TestAbandon(t *testing.T) {
	onStores(t, func(s *store) {
		start(s, 100, 1, message("a", kindCx, 50, "start"), message("a", 0, 60, "more"))
		s.run("claim.mark", in{100, 200, nonce, 5, 1}, row{0})
		s.run("claim.tag", in{100, 200, nonce}, row{0})
		start(s, 110, 2, message("a", 0, 110, "new"))
		s.run("abandon.messages", nil, row{"a", nonce, 300, 1}, row{"a", other, 900, 1})
		s.run("abandon.release", nil, row{"a", nonce}, row{"a", other})
		s.run("claims.settle", in{120}, row{"a", nil})
		s.want(s.look("kind, visible_at, attempts, item", "messages WHERE instance_id = 'a'", "id"),
			"1 300 0 start|0 300 0 more|0 110 0 new") // the ids may have gaps
		s.want(s.look("version_class, due, token", "claims", "1"), "-1 110 -") // its start is not visible
		s.checked()

		// An expired lock is due by itself and may be taken by anybody.
		s.run("claims.settle", in{300}, row{"a", nil})
		s.run("claim.mark", in{300, 330, nonce, 5, 1}, row{0})
		s.run("claim.mark", in{329, 430, other, 5, 2}, row{0})
		s.want(s.run("claims.lock", nil, row{"a"}), "a "+string(nonce)+" 330")
		s.run("claim.mark", in{330, 430, other, 5, 2}, row{0})
		s.want(s.run("claims.lock", nil, row{"a"}), "a "+string(other)+" 430")
		s.want(s.run("claim.items", in{430, other}, row{0}), "a 0 0 7 1 0 - -")
		s.run("claims.extend", in{340}, row{"a", other, 600}, row{"a", nonce, 999})
		s.want(s.look("due", "claims", "1"), "600")
	})
}

func TestOrphans(t *testing.T) {
	onStores(t, func(s *store) {
		start(s, 100, 1, message("queue", kindQ, 50, "x"), message("event", 0, 50, "x"), message("event", kindQ, 50, "y"),
			message("soon", 0, 60, "x"), message("soon", kindCx, 150, "start"), message("late", kindQ, 500, "x"))
		s.want(s.look("instance_id, version_class, due", "claims", "instance_id"),
			"event -1 50|late -1 500|queue -1 50|soon -1 60")
		settle := func(now int) {
			s.run("orphans.mark", in{now, nonce, 10})
			s.run("orphans.drop", in{now, nonce})
			s.run("orphans.settle", in{now, nonce})
		}
		settle(100)
		s.want(s.look("instance_id, version_class, due", "claims", "instance_id"),
			"event -1 "+num(never)+"|late -1 500|queue -1 "+num(never)+"|soon -1 150")
		s.want(s.run("messages.of", in{"queue"}), "")
		settle(150)
		s.want(s.look("instance_id, version_class, due", "claims WHERE instance_id = 'soon'", "1"), "soon 0 60")
		s.want(s.run("count.depths", in{150}), "2 1 0 2 0 0 0 0")
		s.run("purge.parked", in{150})
		s.want(s.run("count.depths", in{150}), "2 1 0 0 0 0 0 0")
		s.checked()
	})
}

func TestDeletion(t *testing.T) {
	onStores(t, func(s *store) {
		start(s, 100, 1, message("root", kindCx, 50, "x"), row{"child", kindCx, int64(60), "root", b("start")})
		s.run("claim.mark", in{100, 200, nonce, 5, 1}, row{0})
		s.run("ack.create_instance", in{100}, row{"root", nonce, b("N"), nil, nil})
		s.run("ack.create_execution", in{100}, row{"root", nonce, 1})
		s.run("ack.release", in{100}, row{"root", nonce, 1, 0, 1, nil})
		s.want(s.run("delete.running", nil, row{"child"}, row{"root"}), "root")
		s.want(s.run("delete.pending_start_targets", nil, row{"root"}), "child")
		s.run("delete.pending_starts", nil, row{"root"})
		s.want(s.run("messages.of", in{"child"}), "")
		s.want(s.run("family.parent", in{"root"}), "- 0")
		for _, table := range []string{"history", "executions", "messages", "work", "kv", "instances", "claims"} {
			s.run("delete."+table, nil, row{"root"}, row{"child"})
			s.want(s.look("COUNT(*)", table, "1"), "0")
		}
	})
}

func TestAppend(t *testing.T) {
	onStores(t, func(s *store) {
		s.run("claims.ensure", nil, row{"a", 1})
		s.run("append.history", nil, row{"a", 1, 1, b("one")}, row{"a", 1, 2, b("two")}, row{"a", 2, 1, b("x")})
		s.run("append.touch", in{"a", 77})
		s.want(s.run("read.position", in{"a"}), "0 2 77")
		s.want(s.run("read.first_event", in{"a"}), "one")
		s.checked()
		s.run("prune.history", nil, row{"a", 2})
		s.want(s.look("COUNT(*)", "history", "1"), "2")
		s.run("classes.put", nil, row{1, 5, "1.0.0"}, row{2, 5, ""}, row{1, 5, "1.0.0"})
		s.run("classes.put", nil, row{1, 5, "other"})
		s.want(s.run("classes.list", nil), "1 5 1.0.0|2 5 ")
		s.want(s.run("claim.horizon", nil, row{77}), "-2 2")
		s.run("aside.put", in{9}, row{1, "a", b("item"), b("why")}, row{2, nil, b("item2"), b("why")})
		s.want(s.run("aside.list", in{1}), "1 1 a item why 9")
		s.run("aside.delete", nil, row{1})
		s.want(s.run("aside.list", in{10}), "2 2 - item2 why 9")
	})
}

CREATE TABLE "§claims" (
    instance_id TEXT NOT NULL,
    version_class INTEGER NOT NULL,
    due INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    token BLOB,
    acked_token BLOB,
    has_context INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    execution_id INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    prev_holder INTEGER NOT NULL,
    PRIMARY KEY (instance_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "§claims_version_class_due_seq" ON "§claims" (version_class, due, seq);
CREATE TABLE "§messages" (
    id INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    token BLOB,
    parent_id TEXT,
    item BLOB NOT NULL
) STRICT;
CREATE INDEX "§messages_instance_id_visible_at" ON "§messages" (instance_id, visible_at);
CREATE INDEX "§messages_parent_id" ON "§messages" (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE "§instances" (
    instance_id TEXT NOT NULL,
    name BLOB NOT NULL,
    version BLOB,
    parent_id TEXT,
    custom_status BLOB,
    custom_status_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (instance_id)
) STRICT;
CREATE INDEX "§instances_parent_id" ON "§instances" (parent_id);
CREATE INDEX "§instances_created_at_instance_id" ON "§instances" (created_at, instance_id);
CREATE TABLE "§executions" (
    instance_id TEXT NOT NULL,
    execution_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    output BLOB,
    pinned TEXT,
    started_at INTEGER NOT NULL,
    completed_at INTEGER,
    PRIMARY KEY (instance_id, execution_id)
) STRICT;
CREATE INDEX "§executions_status_completed_at" ON "§executions" (status, completed_at);
CREATE TABLE "§history" (
    instance_id TEXT NOT NULL,
    execution_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (instance_id, execution_id, event_id)
) STRICT;
CREATE TABLE "§work" (
    id INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL,
    execution_id INTEGER NOT NULL,
    activity_id INTEGER NOT NULL,
    session_id TEXT,
    tag TEXT,
    tag_class INTEGER NOT NULL,
    home INTEGER NOT NULL,
    route INTEGER NOT NULL,
    due INTEGER NOT NULL,
    token BLOB,
    attempts INTEGER NOT NULL,
    owner TEXT,
    item BLOB NOT NULL
) STRICT;
CREATE INDEX "§work_route_due_id" ON "§work" (route, due, id);
CREATE INDEX "§work_instance_id_execution_id_activity_id" ON "§work" (instance_id, execution_id, activity_id);
CREATE INDEX "§work_session_id" ON "§work" (session_id) WHERE session_id IS NOT NULL;
CREATE TABLE "§sessions" (
    session_id TEXT NOT NULL,
    tag_class INTEGER NOT NULL,
    route INTEGER NOT NULL,
    owner TEXT,
    locked_until INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    head INTEGER,
    due INTEGER NOT NULL,
    PRIMARY KEY (session_id, tag_class)
) STRICT, WITHOUT ROWID;
CREATE INDEX "§sessions_due" ON "§sessions" (due);
CREATE INDEX "§sessions_owner" ON "§sessions" (owner);
CREATE TABLE "§kv" (
    instance_id TEXT NOT NULL,
    kv_key TEXT NOT NULL,
    store_value BLOB,
    store_at INTEGER NOT NULL,
    delta_state INTEGER NOT NULL,
    delta_value BLOB,
    delta_at INTEGER NOT NULL,
    PRIMARY KEY (instance_id, kv_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE "§classes" (
    kind INTEGER NOT NULL,
    class INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, class)
) STRICT, WITHOUT ROWID;
CREATE TABLE "§aside" (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    instance_id TEXT,
    item BLOB NOT NULL,
    reason BLOB NOT NULL,
    set_aside_at INTEGER NOT NULL
) STRICT;

-- claims.ensure creates missing claim rows, out of every claim's way until they are settled.
-- inputs:  | instance, incarnation
INSERT INTO "§claims" (instance_id, version_class, due, seq, has_context, incarnation, execution_id, event_count, holder,
    prev_holder)
VALUES (+?1, -1, 4611686018427387904, 0, 0, +?2, 0, 0, 0, 0)
ON CONFLICT (instance_id) DO NOTHING;

-- claims.lock locks claim rows in ascending order, and tells who holds them.
-- inputs:  | instance
SELECT c.instance_id, c.token, c.due
FROM "§claims" AS c
WHERE c.instance_id = +?1
ORDER BY c.instance_id;

-- claims.settle recomputes when unlocked claim rows are due; rows that would not change are left alone.
-- inputs: now | instance, seq
UPDATE "§claims" AS c
SET seq = CASE WHEN +?3 IS NOT NULL AND r.earliest < c.due THEN +?3 ELSE c.seq END,
    version_class = CASE
        WHEN c.has_context = 0 THEN CASE
            WHEN EXISTS (
                SELECT 1
                FROM "§messages" AS m
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= +?1
                  AND m.kind = 1
            ) THEN 0
            ELSE -1
        END
        ELSE c.version_class
    END,
    due = r.earliest
FROM (
    SELECT COALESCE((
        SELECT m.visible_at
        FROM "§messages" AS m
        WHERE m.instance_id = +?2
        ORDER BY m.visible_at
        LIMIT 1
    ), 4611686018427387904) AS earliest
) AS r
WHERE c.instance_id = +?2
  AND c.token IS NULL
  AND (c.due <> r.earliest
        OR (c.has_context = 0
            AND c.version_class <> CASE
                WHEN EXISTS (
                    SELECT 1
                    FROM "§messages" AS m
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= +?1
                      AND m.kind = 1
                ) THEN 0
                ELSE -1
            END));

-- claims.extend moves the deadline of active locks.
-- inputs: now | instance, token, due
UPDATE "§claims" AS c
SET due = +?4
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1;

-- claims.tokens tells what an ambiguous commit left behind.
-- inputs:  | instance
SELECT c.instance_id, c.token, c.acked_token
FROM "§claims" AS c
WHERE c.instance_id = +?1;

-- messages.insert appends messages for instances with a claim row.
-- inputs:  | instance, kind, visible_at, parent_id, item
INSERT INTO "§messages" (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT +?1, +?2, +?3, 0, +?4, +?5
FROM "§claims" AS c
WHERE c.instance_id = +?1;

-- messages.of returns an instance's messages.
-- inputs: instance
SELECT m.id, m.kind, m.visible_at, m.attempts, CASE WHEN m.token IS NOT NULL THEN 1 ELSE 0 END, m.item
FROM "§messages" AS m
WHERE m.instance_id = +?1
ORDER BY m.id;

-- abandon.messages gives the messages of held locks back.
-- inputs:  | instance, token, visible_at, uncount
UPDATE "§messages" AS m
SET attempts = MAX(m.attempts - +?4, 0),
    visible_at = COALESCE(+?3, m.visible_at),
    token = NULL
WHERE m.instance_id = +?1
  AND m.token = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?1
          AND c.token = +?2
    );

-- abandon.release takes the token off held claim rows.
-- inputs:  | instance, token
UPDATE "§claims" AS c
SET token = NULL
WHERE c.instance_id = +?1
  AND c.token = +?2;

-- ack.messages deletes the fetched messages.
-- inputs: now | instance, token
DELETE FROM "§messages" AS m
WHERE m.instance_id = +?2
  AND m.token = +?3
  AND m.visible_at <= +?1
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.create_instance creates the instance record or renews its name, and fills in what it lacks.
-- inputs: now | instance, token, name, version, parent
INSERT INTO "§instances" (instance_id, name, version, parent_id, custom_status_version, created_at, updated_at)
SELECT +?2, +?4, +?5, +?6, 0, +?1, +?1
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1
ON CONFLICT (instance_id) DO UPDATE SET name = excluded.name, version = COALESCE(excluded.version, "§instances".version),
    parent_id = COALESCE("§instances".parent_id, excluded.parent_id), updated_at = excluded.updated_at;

-- ack.touch_instance notes when the instance changed.
-- inputs: now | instance, token
UPDATE "§instances" AS i
SET updated_at = +?1
WHERE i.instance_id = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.create_execution creates the execution record, running, if it is missing.
-- inputs: now | instance, token, execution
INSERT INTO "§executions" (instance_id, execution_id, status, started_at)
SELECT +?2, +?4, 'Running', +?1
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1
ON CONFLICT (instance_id, execution_id) DO NOTHING;

-- ack.set_status replaces the execution's status, output and completion time.
-- inputs: now | instance, token, execution, status, output, completed_at
UPDATE "§executions" AS e
SET status = +?5,
    output = +?6,
    completed_at = +?7
WHERE e.instance_id = +?2
  AND e.execution_id = +?4
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.pin stores the version the execution is pinned to.
-- inputs: now | instance, token, execution, pinned
UPDATE "§executions" AS e
SET pinned = +?5
WHERE e.instance_id = +?2
  AND e.execution_id = +?4
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.insert_history appends the turn's events; a duplicate is a unique violation.
-- inputs: now | instance, token, execution, event, data
INSERT INTO "§history" (instance_id, execution_id, event_id, data)
SELECT +?2, +?4, +?5, +?6
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1;

-- ack.custom_status sets or clears the custom status.
-- inputs: now | instance, token, status
UPDATE "§instances" AS i
SET custom_status = +?4,
    custom_status_version = i.custom_status_version + 1
WHERE i.instance_id = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.clear_kv turns every key of the instance into a tombstone.
-- inputs: now | instance, token
UPDATE "§kv" AS k
SET delta_state = 2,
    delta_value = NULL,
    delta_at = +?1
WHERE k.instance_id = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.put_kv changes keys in the delta of the execution.
-- inputs: now | instance, token, key, value, updated_at, state
INSERT INTO "§kv" (instance_id, kv_key, store_at, delta_state, delta_value, delta_at)
SELECT +?2, +?4, 0, +?7, +?5, +?6
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1
ON CONFLICT (instance_id, kv_key) DO UPDATE SET delta_state = excluded.delta_state, delta_value = excluded.delta_value, delta_at = excluded.delta_at;

-- ack.merge_kv_drop deletes the keys that the execution cleared.
-- inputs: now | instance, token
DELETE FROM "§kv" AS k
WHERE k.delta_state = 2
  AND k.instance_id = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.merge_kv_keep moves the values that the execution set into the store.
-- inputs: now | instance, token
UPDATE "§kv" AS k
SET store_value = k.delta_value,
    store_at = k.delta_at,
    delta_state = 0,
    delta_value = NULL,
    delta_at = 0
WHERE k.delta_state = 1
  AND k.instance_id = +?2
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.insert_work appends the turn's activities.
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
INSERT INTO "§work" (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT +?4, +?5, +?6, +?7, +?8, +?9, +?10, +?10, 0, 0, +?11
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1;

-- ack.cancel_sessions makes the next claim look at the sessions of the activities to cancel.
-- inputs: now | source, token, instance, execution, activity
UPDATE "§sessions" AS s
SET due = 0
WHERE (s.session_id, s.tag_class) IN (
        SELECT w.session_id, w.tag_class
        FROM "§claims" AS c
        CROSS JOIN "§work" AS w ON w.instance_id = +?4 AND w.execution_id = +?5 AND w.activity_id = +?6
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.cancel_work deletes cancelled activities, locked or not.
-- inputs: now | source, token, instance, execution, activity
DELETE FROM "§work" AS w
WHERE w.instance_id = +?4
  AND w.execution_id = +?5
  AND w.activity_id = +?6
  AND EXISTS (
        SELECT 1
        FROM "§claims" AS c
        WHERE c.instance_id = +?2
          AND c.token = +?3
          AND c.due > +?1
    );

-- ack.insert_messages appends the turn's messages.
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
INSERT INTO "§messages" (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT +?4, +?5, +?6, 0, +?7, +?8
FROM "§claims" AS c
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1;

-- ack.release ends the lock and moves the pointer to the current execution.
-- inputs: now | instance, token, execution, events, named, class
UPDATE "§claims" AS c
SET acked_token = +?3,
    token = NULL,
    due = 4611686018427387904,
    event_count = CASE
        WHEN +?4 > c.execution_id THEN (
            SELECT COUNT(*)
            FROM "§history" AS h
            WHERE h.instance_id = c.instance_id
              AND h.execution_id = +?4
        )
        WHEN +?4 = c.execution_id THEN c.event_count + +?5
        ELSE c.event_count
    END,
    version_class = CASE
        WHEN c.has_context = 1 OR +?6 = 1 OR +?5 > 0 THEN CASE
            WHEN +?4 > c.execution_id THEN COALESCE(+?7, 0)
            ELSE COALESCE(+?7, CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END)
        END
        ELSE -1
    END,
    has_context = CASE WHEN c.has_context = 1 OR +?6 = 1 OR +?5 > 0 THEN 1 ELSE 0 END,
    execution_id = MAX(c.execution_id, +?4)
WHERE c.instance_id = +?2
  AND c.token = +?3
  AND c.due > +?1;

-- claim.mark locks the oldest due instances of some version classes.
-- inputs: now, lock_until, nonce, limit, holder | class
UPDATE "§claims" AS c
SET token = +?3,
    due = +?2,
    prev_holder = c.holder,
    holder = +?5
WHERE c.instance_id IN (
        SELECT p.instance_id
        FROM (
            SELECT f.instance_id, f.due, f.seq
            FROM json_each(+?6) AS r
            CROSS JOIN "§claims" AS f
            WHERE f.instance_id IN (
                    SELECT x.instance_id
                    FROM "§claims" AS x
                    WHERE x.version_class = r.value
                      AND x.due <= +?1
                    ORDER BY x.due, x.seq
                    LIMIT +?4
                )
        ) AS p
        ORDER BY p.due, p.seq
        LIMIT +?4
    );

-- claim.tag tags the visible messages of the marked instances and counts the attempt.
-- inputs: now, lock_until, nonce | class
UPDATE "§messages" AS m
SET token = +?3,
    attempts = m.attempts + 1
WHERE m.instance_id IN (
        SELECT c.instance_id
        FROM json_each(+?4) AS r
        CROSS JOIN "§claims" AS c ON c.version_class = r.value AND c.due = +?2 AND c.token = +?3
    )
  AND m.visible_at <= +?1;

-- claim.items returns the marked instances with their records.
-- inputs: lock_until, nonce | class
SELECT c.instance_id, c.execution_id, c.event_count, c.incarnation, c.prev_holder,
    CASE WHEN i.instance_id IS NOT NULL THEN 1 ELSE 0 END, i.name, i.version
FROM json_each(+?3) AS r
CROSS JOIN "§claims" AS c ON c.version_class = r.value AND c.due = +?1 AND c.token = +?2
LEFT JOIN "§instances" AS i ON i.instance_id = c.instance_id;

-- claim.messages returns the tagged messages, in order.
-- inputs: now, lock_until, nonce | class
SELECT m.instance_id, m.id, m.attempts, m.item
FROM json_each(+?4) AS r
CROSS JOIN "§claims" AS c ON c.version_class = r.value AND c.due = +?2 AND c.token = +?3
CROSS JOIN "§messages" AS m ON m.instance_id = c.instance_id AND m.visible_at <= +?1 AND m.token = +?3
ORDER BY m.instance_id, m.id;

-- claim.history returns the history of the marked instances that somebody else held before.
-- inputs: lock_until, nonce, holder | class
SELECT h.instance_id, h.event_id, h.data
FROM json_each(+?4) AS r
CROSS JOIN "§claims" AS c ON c.version_class = r.value AND c.due = +?1 AND c.token = +?2
CROSS JOIN "§history" AS h ON h.instance_id = c.instance_id AND h.execution_id = MAX(c.execution_id, 1)
WHERE c.prev_holder <> +?3
ORDER BY h.instance_id, h.event_id;

-- claim.kv returns the stored keys of the marked instances, without the delta.
-- inputs: lock_until, nonce | class
SELECT k.instance_id, k.kv_key, k.store_value, k.store_at
FROM json_each(+?3) AS r
CROSS JOIN "§claims" AS c ON c.version_class = r.value AND c.due = +?1 AND c.token = +?2
CROSS JOIN "§kv" AS k ON k.instance_id = c.instance_id
WHERE k.store_value IS NOT NULL;

-- claim.horizon returns the next due time of each class that has one, and how many classes there are.
-- inputs:  | class
SELECT p.class, p.due
FROM (
    SELECT r.value AS class,
        (
            SELECT c.due
            FROM "§claims" AS c
            WHERE c.version_class = r.value
              AND c.due < 4611686018427387904
            ORDER BY c.due
            LIMIT 1
        ) AS due
    FROM json_each(+?1) AS r
    UNION ALL
    SELECT -2 AS class, COUNT(*) AS due
    FROM "§classes" AS k
) AS p
WHERE p.due IS NOT NULL;

-- orphans.mark locks due claim rows without context.
-- inputs: now, nonce, limit
UPDATE "§claims" AS c
SET token = +?2,
    due = +?1
WHERE c.instance_id IN (
        SELECT x.instance_id
        FROM "§claims" AS x
        WHERE x.version_class = -1
          AND x.due <= +?1
        ORDER BY x.due, x.seq
        LIMIT +?3
    );

-- orphans.drop deletes queue messages that wait alone for an instance without context.
-- inputs: now, nonce
DELETE FROM "§messages" AS m
WHERE m.instance_id IN (
        SELECT c.instance_id
        FROM "§claims" AS c
        WHERE c.version_class = -1
          AND c.due = +?1
          AND c.token = +?2
          AND NOT EXISTS (
                SELECT 1
                FROM "§messages" AS o
                WHERE o.instance_id = c.instance_id
                  AND o.visible_at <= +?1
                  AND o.kind <> 2
            )
    )
  AND m.visible_at <= +?1
  AND m.kind = 2;

-- orphans.settle makes rows with a visible start claimable and parks the others until something more becomes visible.
-- inputs: now, nonce
UPDATE "§claims" AS c
SET token = NULL,
    version_class = CASE
        WHEN EXISTS (
            SELECT 1
            FROM "§messages" AS m
            WHERE m.instance_id = c.instance_id
              AND m.visible_at <= +?1
              AND m.kind = 1
        ) THEN 0
        ELSE -1
    END,
    due = CASE
        WHEN EXISTS (
            SELECT 1
            FROM "§messages" AS m
            WHERE m.instance_id = c.instance_id
              AND m.visible_at <= +?1
              AND m.kind = 1
        ) THEN COALESCE((
            SELECT m.visible_at
            FROM "§messages" AS m
            WHERE m.instance_id = c.instance_id
            ORDER BY m.visible_at
            LIMIT 1
        ), 4611686018427387904)
        ELSE COALESCE((
            SELECT m.visible_at
            FROM "§messages" AS m
            WHERE m.instance_id = c.instance_id
              AND m.visible_at > +?1
            ORDER BY m.visible_at
            LIMIT 1
        ), 4611686018427387904)
    END
WHERE c.version_class = -1
  AND c.due = +?1
  AND c.token = +?2;

-- work.insert appends activities.
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
INSERT INTO "§work" (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
VALUES (+?1, +?2, +?3, +?4, +?5, +?6, +?7, +?7, 0, 0, +?8);

-- sessions.dirty makes the next claim look at sessions, and creates those that are new.
-- inputs:  | session, tag_class, route
INSERT INTO "§sessions" (session_id, tag_class, route, owner, locked_until, last_activity_at, due)
VALUES (+?1, +?2, +?3,
    (
        SELECT o.owner
        FROM "§sessions" AS o
        WHERE o.session_id = +?1
        ORDER BY o.tag_class
        LIMIT 1
    ),
    COALESCE((
        SELECT o.locked_until
        FROM "§sessions" AS o
        WHERE o.session_id = +?1
        ORDER BY o.tag_class
        LIMIT 1
    ), 0),
    COALESCE((
        SELECT o.last_activity_at
        FROM "§sessions" AS o
        WHERE o.session_id = +?1
        ORDER BY o.tag_class
        LIMIT 1
    ), 0),
    0)
ON CONFLICT (session_id, tag_class) DO UPDATE SET due = 0;

-- work.promote_sessions makes this claim look at the sessions of the rows that work.promote will promote.
-- inputs: now, limit
UPDATE "§sessions" AS s
SET due = 0
WHERE (s.session_id, s.tag_class) IN (
        SELECT w.session_id, w.tag_class
        FROM "§work" AS w
        WHERE w.route = -1
          AND w.due <= +?1
        ORDER BY w.due, w.id
        LIMIT +?2
    );

-- work.promote makes waiting rows ready whose time has come.
-- inputs: now, limit
UPDATE "§work" AS w
SET route = w.home,
    due = 0
WHERE w.id IN (
        SELECT w.id
        FROM "§work" AS w
        WHERE w.route = -1
          AND w.due <= +?1
        ORDER BY w.due, w.id
        LIMIT +?2
    );

-- sessions.mark marks the sessions that need a look.
-- inputs: now, limit, mark
UPDATE "§sessions" AS s
SET due = +?3
WHERE (s.session_id, s.tag_class) IN (
        SELECT x.session_id, x.tag_class
        FROM "§sessions" AS x
        WHERE x.due <= +?1
        ORDER BY x.due
        LIMIT +?2
    );

-- sessions.demote gives the heads of marked sessions back to their session.
-- inputs: mark
UPDATE "§work" AS w
SET route = w.home
WHERE w.id IN (
        SELECT s.head
        FROM "§sessions" AS s
        WHERE s.due = +?1
    )
  AND w.route >= 2305843009213693952
  AND EXISTS (
        SELECT 1
        FROM "§sessions" AS s
        WHERE s.session_id = w.session_id
          AND s.tag_class = w.tag_class
          AND s.head = w.id
    );

-- sessions.head finds the oldest ready work of marked sessions that nobody owns.
-- inputs: now, mark
UPDATE "§sessions" AS s
SET head = CASE
        WHEN s.owner IS NULL OR s.locked_until <= +?1 THEN (
            SELECT w.id
            FROM "§work" AS w
            WHERE w.route = s.route
              AND w.due <= 0
            ORDER BY w.due, w.id
            LIMIT 1
        )
        ELSE NULL
    END
WHERE s.due = +?2;

-- sessions.promote lets anybody claim the new heads.
-- inputs: mark
UPDATE "§work" AS w
SET route = 2305843009213693952 + w.tag_class
WHERE w.id IN (
        SELECT s.head
        FROM "§sessions" AS s
        WHERE s.due = +?1
    )
  AND w.route = w.home
  AND EXISTS (
        SELECT 1
        FROM "§sessions" AS s
        WHERE s.session_id = w.session_id
          AND s.tag_class = w.tag_class
          AND s.head = w.id
    );

-- sessions.settled ends the mark.
-- inputs: now, mark
UPDATE "§sessions" AS s
SET due = CASE WHEN s.owner IS NULL OR s.locked_until <= +?1 THEN 4611686018427387904 ELSE s.locked_until END
WHERE s.due = +?2;

-- work.claim locks the oldest ready work without a session.
-- inputs: lock_until, nonce, limit | class
UPDATE "§work" AS w
SET route = -1,
    due = +?1,
    token = +?2,
    owner = NULL,
    attempts = w.attempts + 1
WHERE w.id IN (
        SELECT p.id
        FROM (
            SELECT f.id, f.due
            FROM json_each(+?4) AS r
            CROSS JOIN "§work" AS f
            WHERE f.id IN (
                    SELECT x.id
                    FROM "§work" AS x
                    WHERE x.route = r.value
                      AND x.due <= 0
                    ORDER BY x.due, x.id
                    LIMIT +?3
                )
        ) AS p
        ORDER BY p.due, p.id
        LIMIT +?3
    );

-- work.claim_session locks the oldest ready work, that of the owner's sessions and of free sessions included.
-- inputs: now, lock_until, nonce, limit, owner | class
UPDATE "§work" AS w
SET route = -1,
    due = +?2,
    token = +?3,
    owner = +?5,
    attempts = w.attempts + 1
WHERE w.id IN (
        SELECT p.id
        FROM (
            SELECT f.id, f.due
            FROM json_each(+?6) AS r
            CROSS JOIN "§work" AS f
            WHERE f.id IN (
                    SELECT x.id
                    FROM "§work" AS x
                    WHERE x.route = r.value
                      AND x.due <= 0
                    ORDER BY x.due, x.id
                    LIMIT +?4
                )
            UNION ALL
            SELECT f.id, f.due
            FROM "§sessions" AS s
            CROSS JOIN json_each(+?6) AS r ON TRUE
            CROSS JOIN "§work" AS f
            WHERE s.owner = +?5
              AND s.locked_until > +?1
              AND s.tag_class = r.value
              AND f.id IN (
                    SELECT x.id
                    FROM "§work" AS x
                    WHERE x.route = s.route
                      AND x.due <= 0
                    ORDER BY x.due, x.id
                    LIMIT +?4
                )
            UNION ALL
            SELECT f.id, f.due
            FROM json_each(+?6) AS r
            CROSS JOIN "§work" AS f
            WHERE f.id IN (
                    SELECT x.id
                    FROM "§work" AS x
                    CROSS JOIN "§sessions" AS s
                        ON s.session_id = x.session_id
                          AND (s.owner IS NULL OR s.owner = +?5 OR s.locked_until <= +?1)
                          AND NOT EXISTS (
                                SELECT 1
                                FROM "§sessions" AS o
                                WHERE o.session_id = x.session_id
                                  AND (o.tag_class < s.tag_class OR (o.owner <> +?5 AND o.locked_until > +?1))
                            )
                    WHERE x.route = 2305843009213693952 + r.value
                      AND x.due <= 0
                    ORDER BY x.due, x.id
                    LIMIT +?4
                )
        ) AS p
        ORDER BY p.due, p.id
        LIMIT +?4
    );

-- work.claimed returns the locked work.
-- inputs: lock_until, nonce
SELECT w.id, w.attempts, w.session_id, w.item
FROM "§work" AS w
WHERE w.route = -1
  AND w.due = +?1
  AND w.token = +?2
ORDER BY w.id;

-- sessions.own gives the sessions of the locked work to the owner.
-- inputs: now, lock_until, nonce, owner, session_until
UPDATE "§sessions" AS s
SET owner = +?4,
    locked_until = +?5,
    last_activity_at = +?1,
    due = 0
WHERE s.session_id IN (
        SELECT w.session_id
        FROM "§work" AS w
        WHERE w.route = -1
          AND w.due = +?2
          AND w.token = +?3
    );

-- work.horizon returns when waiting work and sessions need a look next, if there are any, and how many classes there are.
-- inputs: 
SELECT p.kind, p.due
FROM (
    SELECT -3 AS kind,
        (
            SELECT t.due
            FROM "§work" AS t
            WHERE t.route = -1
              AND t.due < 4611686018427387904
            ORDER BY t.due
            LIMIT 1
        ) AS due
    UNION ALL
    SELECT -4 AS kind,
        (
            SELECT t.due
            FROM "§sessions" AS t
            WHERE t.due <= 4611686018427387904
            ORDER BY t.due
            LIMIT 1
        ) AS due
    UNION ALL
    SELECT -2 AS kind, COUNT(*) AS due
    FROM "§classes" AS k
) AS p
WHERE p.due IS NOT NULL;

-- work.lock locks work in ascending order, and tells who holds it.
-- inputs:  | id
SELECT w.id, w.token, w.due
FROM "§work" AS w
WHERE w.id = +?1
ORDER BY w.id;

-- work.tokens tells what an ambiguous commit left behind.
-- inputs:  | id
SELECT w.id, w.token
FROM "§work" AS w
WHERE w.id = +?1;

-- work.touch_session notes activity on the sessions of active work that its owner still holds.
-- inputs: now | id, token
UPDATE "§sessions" AS s
SET last_activity_at = +?1
WHERE (s.session_id, s.owner) IN (
        SELECT w.session_id, w.owner
        FROM "§work" AS w
        WHERE w.id = +?2
          AND w.token = +?3
          AND w.due > +?1
    )
  AND s.locked_until > +?1;

-- work.complete appends the completions of active work.
-- inputs: now | id, token, instance, kind, visible_at, item
INSERT INTO "§messages" (instance_id, kind, visible_at, attempts, item)
SELECT +?4, +?5, +?6, 0, +?7
FROM "§work" AS w
WHERE w.id = +?2
  AND w.token = +?3
  AND w.due > +?1;

-- work.delete deletes active work.
-- inputs: now | id, token
DELETE FROM "§work" AS w
WHERE w.id = +?2
  AND w.token = +?3
  AND w.due > +?1;

-- work.extend moves the deadline of active work.
-- inputs: now | id, token, due
UPDATE "§work" AS w
SET due = +?4
WHERE w.id = +?2
  AND w.token = +?3
  AND w.due > +?1;

-- work.dirty_session makes the next claim look at the sessions of held work.
-- inputs:  | id, token
UPDATE "§sessions" AS s
SET due = 0
WHERE (s.session_id, s.tag_class) IN (
        SELECT w.session_id, w.tag_class
        FROM "§work" AS w
        WHERE w.id = +?1
          AND w.token = +?2
    );

-- work.abandon gives held work back, at once or after a delay.
-- inputs: now | id, token, due, uncount
UPDATE "§work" AS w
SET token = NULL,
    owner = NULL,
    attempts = MAX(w.attempts - +?5, 0),
    route = CASE WHEN +?4 <= +?1 THEN w.home ELSE -1 END,
    due = CASE WHEN +?4 <= +?1 THEN 0 ELSE +?4 END
WHERE w.id = +?2
  AND w.token = +?3;

-- sessions.renewable returns the sessions that sessions.renew will extend.
-- inputs: now, idle_after | owner
SELECT DISTINCT s.session_id
FROM "§sessions" AS s
WHERE s.owner = +?3
  AND s.locked_until > +?1
  AND s.last_activity_at > +?2;

-- sessions.renew extends active sessions that are not idle; dirty ones stay dirty.
-- inputs: now, idle_after, until | owner
UPDATE "§sessions" AS s
SET locked_until = +?3,
    due = CASE WHEN s.due = 0 THEN 0 ELSE +?3 END
WHERE s.owner = +?4
  AND s.locked_until > +?1
  AND s.last_activity_at > +?2;

-- sessions.orphaned returns owned, expired sessions without work, and locks their rows.
-- inputs: now
SELECT DISTINCT p.session_id
FROM (
    SELECT s.session_id
    FROM "§sessions" AS s
    WHERE s.owner IS NOT NULL
      AND s.locked_until <= +?1
      AND NOT EXISTS (
            SELECT 1
            FROM "§work" AS w
            WHERE w.session_id = s.session_id
        )
) AS p;

-- sessions.delete deletes sessions that are still expired and without work.
-- inputs: now | session
DELETE FROM "§sessions" AS s
WHERE s.session_id = +?2
  AND s.locked_until <= +?1
  AND NOT EXISTS (
        SELECT 1
        FROM "§work" AS w
        WHERE w.session_id = s.session_id
    );

-- look.due returns when what waiting fetches are after becomes claimable, for both queues.
-- inputs: now | ref, kind, class, owner
SELECT p.ref, p.due
FROM (
    SELECT (r.value ->> 0) AS ref,
        CASE
            WHEN (r.value ->> 1) = 1 THEN (
                SELECT c.due
                FROM "§claims" AS c
                WHERE c.version_class = (r.value ->> 2)
                  AND c.due < 4611686018427387904
                ORDER BY c.due
                LIMIT 1
            )
            WHEN (r.value ->> 1) = 2 THEN (
                SELECT w.due
                FROM "§work" AS w
                WHERE w.route = (r.value ->> 2)
                  AND w.due < 4611686018427387904
                ORDER BY w.due
                LIMIT 1
            )
            WHEN (r.value ->> 1) = 3 THEN (
                SELECT s.due
                FROM "§sessions" AS s
                WHERE s.due < 4611686018427387904
                ORDER BY s.due
                LIMIT 1
            )
            WHEN (r.value ->> 1) = 4 THEN (
                SELECT w.due
                FROM "§sessions" AS s
                CROSS JOIN "§work" AS w ON w.route = s.route AND w.due <= 0
                WHERE s.owner = (r.value ->> 3)
                  AND s.locked_until > +?1
                LIMIT 1
            )
            ELSE (
                SELECT COUNT(*)
                FROM "§classes" AS t
            )
        END AS due
    FROM json_each(+?2) AS r
) AS p
WHERE p.due IS NOT NULL;

-- read.position tells which history an instance is at.
-- inputs: instance
SELECT c.execution_id, c.event_count, c.incarnation
FROM "§claims" AS c
WHERE c.instance_id = +?1;

-- read.history returns the events of one execution.
-- inputs: instance, execution
SELECT h.event_id, h.data
FROM "§history" AS h
WHERE h.instance_id = +?1
  AND h.execution_id = +?2
ORDER BY h.event_id;

-- read.custom_status returns the custom status.
-- inputs: instance
SELECT i.custom_status, i.custom_status_version
FROM "§instances" AS i
WHERE i.instance_id = +?1;

-- read.kv_value returns the value of a key that has one.
-- inputs: instance, key
SELECT CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END
FROM "§kv" AS k
WHERE k.instance_id = +?1
  AND k.kv_key = +?2
  AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL));

-- read.kv_all returns all keys that have a value.
-- inputs: instance
SELECT k.kv_key, CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END
FROM "§kv" AS k
WHERE k.instance_id = +?1
  AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
ORDER BY k.kv_key;

-- read.stats counts the current history and the live keys of an instance.
-- inputs: instance
SELECT (
        SELECT COUNT(*)
        FROM "§history" AS h
        WHERE h.instance_id = i.instance_id
          AND h.execution_id = COALESCE(MAX(c.execution_id, 1), 1)
    ),
    COALESCE((
        SELECT SUM(LENGTH(h.data))
        FROM "§history" AS h
        WHERE h.instance_id = i.instance_id
          AND h.execution_id = COALESCE(MAX(c.execution_id, 1), 1)
    ), 0),
    (
        SELECT COUNT(*)
        FROM "§kv" AS k
        WHERE k.instance_id = i.instance_id
          AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
    ),
    COALESCE((
        SELECT SUM(LENGTH(CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END))
        FROM "§kv" AS k
        WHERE k.instance_id = i.instance_id
          AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
    ), 0)
FROM "§instances" AS i
LEFT JOIN "§claims" AS c ON c.instance_id = i.instance_id
WHERE i.instance_id = +?1;

-- read.first_event returns the event that started the current execution.
-- inputs: instance
SELECT h.data
FROM "§claims" AS c
CROSS JOIN "§history" AS h ON h.instance_id = c.instance_id AND h.execution_id = MAX(c.execution_id, 1) AND h.event_id = 1
WHERE c.instance_id = +?1;

-- append.history appends events behind the engine's back; a duplicate is a unique violation.
-- inputs:  | instance, execution, event, data
INSERT INTO "§history" (instance_id, execution_id, event_id, data)
VALUES (+?1, +?2, +?3, +?4);

-- append.touch makes every process forget the history it holds of an instance.
-- inputs: instance, incarnation
UPDATE "§claims" AS c
SET incarnation = +?2,
    has_context = 1,
    version_class = CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END,
    event_count = (
        SELECT COUNT(*)
        FROM "§history" AS h
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = MAX(c.execution_id, 1)
    )
WHERE c.instance_id = +?1;

-- classes.put makes pinned versions and tags known.
-- inputs:  | kind, class, name
INSERT INTO "§classes" (kind, class, name)
VALUES (+?1, +?2, +?3)
ON CONFLICT (kind, class) DO NOTHING;

-- classes.list returns all pinned versions and tags.
-- inputs: 
SELECT t.kind, t.class, t.name
FROM "§classes" AS t
ORDER BY t.kind, t.class;

-- aside.put keeps a copy of items that cannot be decoded.
-- inputs: now | queue, instance, item, reason
INSERT INTO "§aside" (queue, instance_id, item, reason, set_aside_at)
VALUES (+?2, +?3, +?4, +?5, +?1);

-- aside.list returns the oldest items set aside.
-- inputs: limit
SELECT a.id, a.queue, a.instance_id, a.item, a.reason, a.set_aside_at
FROM "§aside" AS a
ORDER BY a.id
LIMIT +?1;

-- aside.delete removes items set aside.
-- inputs:  | id
DELETE FROM "§aside" AS a
WHERE a.id = +?1;

-- work.drop deletes held work that was set aside.
-- inputs:  | id, token
DELETE FROM "§work" AS w
WHERE w.id = +?1
  AND w.token = +?2;

-- list.instances returns all instances, the newest first.
-- inputs: 
SELECT i.instance_id
FROM "§instances" AS i
ORDER BY i.created_at DESC, i.instance_id;

-- list.by_status returns the instances whose current execution has a status, the newest first.
-- inputs: status
SELECT i.instance_id
FROM "§instances" AS i
CROSS JOIN "§claims" AS c ON c.instance_id = i.instance_id
CROSS JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
WHERE e.status = +?1
ORDER BY i.created_at DESC, i.instance_id;

-- list.executions returns the executions of an instance.
-- inputs: instance
SELECT e.execution_id
FROM "§executions" AS e
WHERE e.instance_id = +?1
ORDER BY e.execution_id;

-- info.instance describes an instance.
-- inputs: instance
SELECT i.name, i.version, COALESCE(MAX(c.execution_id, 1), 1), e.status, e.output, i.created_at,
    i.updated_at, i.parent_id
FROM "§instances" AS i
LEFT JOIN "§claims" AS c ON c.instance_id = i.instance_id
LEFT JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
WHERE i.instance_id = +?1;

-- info.execution describes an execution.
-- inputs: instance, execution
SELECT e.status, e.output, e.started_at, e.completed_at,
    (
        SELECT COUNT(*)
        FROM "§history" AS h
        WHERE h.instance_id = e.instance_id
          AND h.execution_id = e.execution_id
    )
FROM "§executions" AS e
WHERE e.instance_id = +?1
  AND e.execution_id = +?2;

-- count.metrics counts what the store holds.
-- inputs: 
SELECT (
        SELECT COUNT(*)
        FROM "§instances" AS i
    ),
    (
        SELECT COUNT(*)
        FROM "§executions" AS e
    ),
    (
        SELECT COUNT(*)
        FROM "§executions" AS e
        CROSS JOIN "§instances" AS i ON i.instance_id = e.instance_id
        CROSS JOIN "§claims" AS c ON c.instance_id = e.instance_id AND MAX(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Running'
    ),
    (
        SELECT COUNT(*)
        FROM "§executions" AS e
        CROSS JOIN "§instances" AS i ON i.instance_id = e.instance_id
        CROSS JOIN "§claims" AS c ON c.instance_id = e.instance_id AND MAX(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Completed'
    ),
    (
        SELECT COUNT(*)
        FROM "§executions" AS e
        CROSS JOIN "§instances" AS i ON i.instance_id = e.instance_id
        CROSS JOIN "§claims" AS c ON c.instance_id = e.instance_id AND MAX(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Failed'
    ),
    (
        SELECT COUNT(*)
        FROM "§history" AS h
    );

-- count.depths counts what waits in the queues, and why.
-- inputs: now
SELECT (
        SELECT COUNT(*)
        FROM "§messages" AS q
        CROSS JOIN "§claims" AS c ON c.instance_id = q.instance_id
        WHERE (c.version_class <> -1
                OR EXISTS (
                    SELECT 1
                    FROM "§messages" AS m
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= +?1
                      AND m.kind = 1
                ))
          AND q.visible_at <= +?1
          AND (c.token IS NULL OR c.due <= +?1)
    ),
    (
        SELECT COUNT(*)
        FROM "§messages" AS q
        WHERE q.visible_at > +?1
    ),
    (
        SELECT COUNT(*)
        FROM "§messages" AS q
        CROSS JOIN "§claims" AS c ON c.instance_id = q.instance_id
        WHERE (c.version_class <> -1
                OR EXISTS (
                    SELECT 1
                    FROM "§messages" AS m
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= +?1
                      AND m.kind = 1
                ))
          AND q.visible_at <= +?1
          AND c.token IS NOT NULL
          AND c.due > +?1
    ),
    (
        SELECT COUNT(*)
        FROM "§messages" AS q
        CROSS JOIN "§claims" AS c ON c.instance_id = q.instance_id
        WHERE q.visible_at <= +?1
          AND c.version_class = -1
          AND NOT EXISTS (
                SELECT 1
                FROM "§messages" AS m
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= +?1
                  AND m.kind = 1
            )
    ),
    (
        SELECT COUNT(*)
        FROM "§work" AS w
        WHERE (w.route <> -1 OR w.due <= +?1)
    ),
    (
        SELECT COUNT(*)
        FROM "§work" AS w
        WHERE w.route = -1
          AND w.due > +?1
          AND w.token IS NULL
    ),
    (
        SELECT COUNT(*)
        FROM "§work" AS w
        WHERE w.route = -1
          AND w.due > +?1
          AND w.token IS NOT NULL
    ),
    (
        SELECT COUNT(*)
        FROM "§aside" AS a
    );

-- family.children returns the direct children of parents with a record, the oldest first.
-- inputs:  | instance
SELECT i.parent_id, i.instance_id
FROM "§instances" AS p
CROSS JOIN "§instances" AS i ON i.parent_id = p.instance_id
WHERE p.instance_id = +?1
ORDER BY i.created_at, i.instance_id;

-- family.parent returns an instance's parent and whether that has a record.
-- inputs: instance
SELECT i.parent_id, CASE WHEN p.instance_id IS NOT NULL THEN 1 ELSE 0 END
FROM "§instances" AS i
LEFT JOIN "§instances" AS p ON p.instance_id = i.parent_id
WHERE i.instance_id = +?1;

-- delete.running tells which instances are running.
-- inputs:  | instance
SELECT c.instance_id
FROM "§claims" AS c
CROSS JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
CROSS JOIN "§instances" AS i ON i.instance_id = +?1
WHERE c.instance_id = +?1
  AND e.status = 'Running';

-- delete.sessions makes the next claim look at the sessions of the work to delete.
-- inputs:  | instance
UPDATE "§sessions" AS s
SET due = 0
WHERE (s.session_id, s.tag_class) IN (
        SELECT w.session_id, w.tag_class
        FROM "§work" AS w
        WHERE w.instance_id = +?1
    );

-- delete.pending_starts deletes starts of children that have no record yet.
-- inputs:  | instance
DELETE FROM "§messages" AS m
WHERE m.parent_id = +?1
  AND m.kind = 1
  AND NOT EXISTS (
        SELECT 1
        FROM "§instances" AS i
        WHERE i.instance_id = m.instance_id
    );

-- delete.pending_start_targets returns the instances of those starts.
-- inputs:  | instance
SELECT DISTINCT m.instance_id
FROM "§messages" AS m
WHERE m.parent_id = +?1
  AND m.kind = 1
  AND NOT EXISTS (
        SELECT 1
        FROM "§instances" AS i
        WHERE i.instance_id = m.instance_id
    );

-- delete.history deletes what instances have in history.
-- inputs:  | instance
DELETE FROM "§history" AS h
WHERE h.instance_id = +?1;

-- delete.executions deletes what instances have in executions.
-- inputs:  | instance
DELETE FROM "§executions" AS e
WHERE e.instance_id = +?1;

-- delete.messages deletes what instances have in messages.
-- inputs:  | instance
DELETE FROM "§messages" AS m
WHERE m.instance_id = +?1;

-- delete.work deletes what instances have in work.
-- inputs:  | instance
DELETE FROM "§work" AS w
WHERE w.instance_id = +?1;

-- delete.kv deletes what instances have in kv.
-- inputs:  | instance
DELETE FROM "§kv" AS k
WHERE k.instance_id = +?1;

-- delete.instances deletes what instances have in instances.
-- inputs:  | instance
DELETE FROM "§instances" AS i
WHERE i.instance_id = +?1;

-- delete.claims deletes what instances have in claims.
-- inputs:  | instance
DELETE FROM "§claims" AS c
WHERE c.instance_id = +?1;

-- bulk.deletable returns ended roots, those that ended first.
-- inputs: before, limit
SELECT i.instance_id
FROM "§executions" AS e
CROSS JOIN "§claims" AS c ON c.instance_id = e.instance_id AND MAX(c.execution_id, 1) = e.execution_id
CROSS JOIN "§instances" AS i ON i.instance_id = c.instance_id
WHERE (e.status = 'Completed' OR e.status = 'Failed')
  AND e.completed_at < +?1
  AND (i.parent_id IS NULL
        OR NOT EXISTS (
            SELECT 1
            FROM "§instances" AS p
            WHERE p.instance_id = i.parent_id
        ))
ORDER BY e.completed_at, i.instance_id
LIMIT +?2;

-- bulk.deletable_among returns ended roots among some instances, those that ended first.
-- inputs: before, limit | instance
SELECT i.instance_id
FROM json_each(+?3) AS r
CROSS JOIN "§claims" AS c ON c.instance_id = r.value
CROSS JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
CROSS JOIN "§instances" AS i ON i.instance_id = c.instance_id
WHERE (e.status = 'Completed' OR e.status = 'Failed')
  AND e.completed_at < +?1
  AND (i.parent_id IS NULL
        OR NOT EXISTS (
            SELECT 1
            FROM "§instances" AS p
            WHERE p.instance_id = i.parent_id
        ))
ORDER BY e.completed_at, i.instance_id
LIMIT +?2;

-- bulk.prunable returns instances whose executions may be pruned.
-- inputs: before, limit
SELECT i.instance_id
FROM "§instances" AS i
LEFT JOIN "§claims" AS c ON c.instance_id = i.instance_id
LEFT JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
WHERE (+?1 >= 4611686018427387904 OR e.completed_at < +?1)
ORDER BY i.instance_id
LIMIT +?2;

-- bulk.prunable_among returns instances whose executions may be pruned, among some.
-- inputs: before, limit | instance
SELECT i.instance_id
FROM json_each(+?3) AS r
CROSS JOIN "§instances" AS i ON i.instance_id = r.value
LEFT JOIN "§claims" AS c ON c.instance_id = i.instance_id
LEFT JOIN "§executions" AS e ON e.instance_id = c.instance_id AND e.execution_id = MAX(c.execution_id, 1)
WHERE (+?1 >= 4611686018427387904 OR e.completed_at < +?1)
ORDER BY i.instance_id
LIMIT +?2;

-- prune.candidates returns an instance's executions, the newest first.
-- inputs: instance
SELECT e.execution_id, e.status, e.completed_at
FROM "§executions" AS e
WHERE e.instance_id = +?1
ORDER BY e.execution_id DESC;

-- prune.history deletes the events of executions.
-- inputs:  | instance, execution
DELETE FROM "§history" AS h
WHERE h.instance_id = +?1
  AND h.execution_id = +?2;

-- prune.executions deletes the records of executions.
-- inputs:  | instance, execution
DELETE FROM "§executions" AS e
WHERE e.instance_id = +?1
  AND e.execution_id = +?2;

-- prune.insert_execution stores records of completed executions; the pointers stay, as no method leaves them.
-- inputs: now | instance, execution
INSERT INTO "§executions" (instance_id, execution_id, status, started_at, completed_at)
VALUES (+?2, +?3, 'Completed', +?1, +?1);

-- purge.parked deletes visible messages of instances without context.
-- inputs: now
DELETE FROM "§messages" AS m
WHERE m.instance_id IN (
        SELECT c.instance_id
        FROM "§claims" AS c
        WHERE c.version_class = -1
          AND NOT EXISTS (
                SELECT 1
                FROM "§messages" AS m
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= +?1
                  AND m.kind = 1
            )
    )
  AND m.visible_at <= +?1;

-- check.claims finds claim rows that are due at a wrong time or of a wrong class.
-- inputs: 
SELECT c.instance_id,
    CASE
        WHEN c.version_class = -1 THEN 'has context but the class of rows without'
        WHEN c.token IS NULL THEN 'not due when its earliest message becomes visible'
        ELSE 'locked and never due'
    END
FROM "§claims" AS c
WHERE ((c.version_class = -1 AND c.has_context = 1)
        OR (c.version_class <> -1
            AND c.token IS NULL
            AND c.due <> COALESCE((
                SELECT m.visible_at
                FROM "§messages" AS m
                WHERE m.instance_id = c.instance_id
                ORDER BY m.visible_at
                LIMIT 1
            ), 4611686018427387904))
        OR (c.token IS NOT NULL AND c.due >= 4611686018427387904))
ORDER BY c.instance_id;

-- check.messages finds messages without a claim row.
-- inputs: 
SELECT DISTINCT m.instance_id
FROM "§messages" AS m
LEFT JOIN "§claims" AS c ON c.instance_id = m.instance_id
WHERE c.instance_id IS NULL
ORDER BY m.instance_id;

-- check.events finds claim rows that count events wrongly.
-- inputs: 
SELECT c.instance_id, c.event_count,
    (
        SELECT COUNT(*)
        FROM "§history" AS h
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = MAX(c.execution_id, 1)
    )
FROM "§claims" AS c
WHERE c.event_count <> (
        SELECT COUNT(*)
        FROM "§history" AS h
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = MAX(c.execution_id, 1)
    )
ORDER BY c.instance_id;

-- check.work finds work that no claim would find, or one too early.
-- inputs: 
SELECT w.id,
    CASE
        WHEN w.route <> -1
            AND w.route <> w.home
            AND NOT EXISTS (
                SELECT 1
                FROM "§sessions" AS s
                WHERE s.session_id = w.session_id
                  AND s.tag_class = w.tag_class
                  AND s.head = w.id
                  AND w.route = 2305843009213693952 + w.tag_class
            ) THEN 'ready on a route that is not its own'
        WHEN w.route = -1 THEN 'waits for nothing'
        ELSE 'ready and due later'
    END
FROM "§work" AS w
WHERE ((w.route = -1 AND w.due = 0)
        OR (w.route <> -1 AND w.due <> 0)
        OR (w.route <> -1
            AND w.route <> w.home
            AND NOT EXISTS (
                SELECT 1
                FROM "§sessions" AS s
                WHERE s.session_id = w.session_id
                  AND s.tag_class = w.tag_class
                  AND s.head = w.id
                  AND w.route = 2305843009213693952 + w.tag_class
            )))
ORDER BY w.id;

-- check.locks returns what is locked now.
-- inputs: now
SELECT 'instance', c.instance_id
FROM "§claims" AS c
WHERE c.token IS NOT NULL
  AND c.due > +?1
UNION ALL
SELECT 'work', CAST(w.id AS TEXT)
FROM "§work" AS w
WHERE w.route = -1
  AND w.token IS NOT NULL
  AND w.due > +?1;

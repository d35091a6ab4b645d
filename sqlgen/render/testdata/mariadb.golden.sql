CREATE TABLE `§claims` (
    instance_id VARBINARY(1024) NOT NULL,
    version_class BIGINT NOT NULL,
    due BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    token VARBINARY(16),
    acked_token VARBINARY(16),
    has_context BIGINT NOT NULL,
    incarnation BIGINT NOT NULL,
    execution_id BIGINT NOT NULL,
    event_count BIGINT NOT NULL,
    holder BIGINT NOT NULL,
    prev_holder BIGINT NOT NULL,
    PRIMARY KEY (instance_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `claims_version_class_due_seq` ON `§claims` (version_class, due, seq);
CREATE TABLE `§messages` (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    instance_id VARBINARY(1024) NOT NULL,
    kind BIGINT NOT NULL,
    visible_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    token VARBINARY(16),
    parent_id VARBINARY(1024),
    item LONGBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `messages_instance_id_visible_at` ON `§messages` (instance_id, visible_at);
CREATE INDEX `messages_parent_id` ON `§messages` (parent_id);
CREATE TABLE `§instances` (
    instance_id VARBINARY(1024) NOT NULL,
    name LONGBLOB NOT NULL,
    version LONGBLOB,
    parent_id VARBINARY(1024),
    custom_status LONGBLOB,
    custom_status_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (instance_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `instances_parent_id` ON `§instances` (parent_id);
CREATE INDEX `instances_created_at_instance_id` ON `§instances` (created_at, instance_id);
CREATE TABLE `§executions` (
    instance_id VARBINARY(1024) NOT NULL,
    execution_id BIGINT NOT NULL,
    status VARBINARY(256) NOT NULL,
    output LONGBLOB,
    pinned VARBINARY(256),
    started_at BIGINT NOT NULL,
    completed_at BIGINT,
    PRIMARY KEY (instance_id, execution_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `executions_status_completed_at` ON `§executions` (status, completed_at);
CREATE TABLE `§history` (
    instance_id VARBINARY(1024) NOT NULL,
    execution_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    data LONGBLOB NOT NULL,
    PRIMARY KEY (instance_id, execution_id, event_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE TABLE `§work` (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    instance_id VARBINARY(1024) NOT NULL,
    execution_id BIGINT NOT NULL,
    activity_id BIGINT NOT NULL,
    session_id VARBINARY(256),
    tag VARBINARY(256),
    tag_class BIGINT NOT NULL,
    home BIGINT NOT NULL,
    route BIGINT NOT NULL,
    due BIGINT NOT NULL,
    token VARBINARY(16),
    attempts BIGINT NOT NULL,
    owner VARBINARY(256),
    item LONGBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `work_route_due_id` ON `§work` (route, due, id);
CREATE INDEX `work_instance_id_execution_id_activity_id` ON `§work` (instance_id, execution_id, activity_id);
CREATE INDEX `work_session_id` ON `§work` (session_id);
CREATE TABLE `§sessions` (
    session_id VARBINARY(256) NOT NULL,
    tag_class BIGINT NOT NULL,
    route BIGINT NOT NULL,
    owner VARBINARY(256),
    locked_until BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    head BIGINT,
    due BIGINT NOT NULL,
    PRIMARY KEY (session_id, tag_class)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE INDEX `sessions_due` ON `§sessions` (due);
CREATE INDEX `sessions_owner` ON `§sessions` (owner);
CREATE TABLE `§kv` (
    instance_id VARBINARY(1024) NOT NULL,
    kv_key VARBINARY(1024) NOT NULL,
    store_value LONGBLOB,
    store_at BIGINT NOT NULL,
    delta_state BIGINT NOT NULL,
    delta_value LONGBLOB,
    delta_at BIGINT NOT NULL,
    PRIMARY KEY (instance_id, kv_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE TABLE `§classes` (
    kind BIGINT NOT NULL,
    class BIGINT NOT NULL,
    name VARBINARY(256) NOT NULL,
    PRIMARY KEY (kind, class)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
CREATE TABLE `§aside` (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    queue BIGINT NOT NULL,
    instance_id VARBINARY(1024),
    item LONGBLOB NOT NULL,
    reason LONGBLOB NOT NULL,
    set_aside_at BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- claims.ensure creates missing claim rows, out of every claim's way until they are settled.
-- inputs:  | instance, incarnation
-- the same for 128 rows
-- inputs:  | instance, incarnation
-- the same for 64 rows
-- inputs:  | instance, incarnation
-- the same for 32 rows
-- inputs:  | instance, incarnation
-- the same for 16 rows
-- inputs:  | instance, incarnation
-- the same for 8 rows
-- inputs:  | instance, incarnation
INSERT INTO `§claims` (instance_id, version_class, due, seq, has_context, incarnation, execution_id, event_count, holder,
    prev_holder)
SELECT r.instance, -1, 4611686018427387904, 0, 0, r.incarnation, 0, 0, 0, 0
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS incarnation
    UNION ALL SELECT 2, ?, ?
    UNION ALL SELECT 3, ?, ?
    UNION ALL SELECT 4, ?, ?
) AS r
ORDER BY r.ord
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);
-- inputs:  | instance, incarnation
INSERT INTO `§claims` (instance_id, version_class, due, seq, has_context, incarnation, execution_id, event_count, holder,
    prev_holder)
SELECT r.instance, -1, 4611686018427387904, 0, 0, r.incarnation, 0, 0, 0, 0
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS incarnation
    UNION ALL SELECT 2, ?, ?
) AS r
ORDER BY r.ord
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);
-- inputs:  | instance, incarnation
INSERT INTO `§claims` (instance_id, version_class, due, seq, has_context, incarnation, execution_id, event_count, holder,
    prev_holder)
SELECT r.instance, -1, 4611686018427387904, 0, 0, r.incarnation, 0, 0, 0, 0
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS incarnation
) AS r
ORDER BY r.ord
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);

-- claims.lock locks claim rows in ascending order, and tells who holds them.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
SELECT c.instance_id, c.token, c.due
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY c.instance_id
FOR UPDATE;
-- inputs:  | instance
SELECT c.instance_id, c.token, c.due
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY c.instance_id
FOR UPDATE;
-- inputs:  | instance
SELECT c.instance_id, c.token, c.due
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY c.instance_id
FOR UPDATE;

-- claims.settle recomputes when unlocked claim rows are due; rows that would not change are left alone.
-- inputs: now | instance, seq
-- the same for 128 rows
-- inputs: now | instance, seq
-- the same for 64 rows
-- inputs: now | instance, seq
-- the same for 32 rows
-- inputs: now | instance, seq
-- the same for 16 rows
-- inputs: now | instance, seq
-- the same for 8 rows
-- inputs: now | instance, seq
-- args: [1 2 3 4 5 6 7 8 0 0]
UPDATE (
    SELECT r.instance, r.seq, COALESCE((
        SELECT m.visible_at
        FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
        WHERE m.instance_id = r.instance
        ORDER BY m.instance_id, m.visible_at
        LIMIT 1
    ), 4611686018427387904) AS earliest
    FROM (
        SELECT ? AS instance, ? AS seq
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
    ) AS r
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.seq = CASE WHEN r.seq IS NOT NULL AND r.earliest < c.due THEN r.seq ELSE c.seq END,
    c.version_class = CASE
        WHEN c.has_context = 0 THEN CASE
            WHEN EXISTS (
                SELECT 1
                FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= ?
                  AND m.kind = 1
            ) THEN 0
            ELSE -1
        END
        ELSE c.version_class
    END,
    c.due = r.earliest
WHERE c.instance_id = r.instance
  AND c.token IS NULL
  AND (c.due <> r.earliest
        OR (c.has_context = 0
            AND c.version_class <> CASE
                WHEN EXISTS (
                    SELECT 1
                    FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= ?
                      AND m.kind = 1
                ) THEN 0
                ELSE -1
            END));
-- inputs: now | instance, seq
-- args: [1 2 3 4 0 0]
UPDATE (
    SELECT r.instance, r.seq, COALESCE((
        SELECT m.visible_at
        FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
        WHERE m.instance_id = r.instance
        ORDER BY m.instance_id, m.visible_at
        LIMIT 1
    ), 4611686018427387904) AS earliest
    FROM (
        SELECT ? AS instance, ? AS seq
        UNION ALL SELECT ?, ?
    ) AS r
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.seq = CASE WHEN r.seq IS NOT NULL AND r.earliest < c.due THEN r.seq ELSE c.seq END,
    c.version_class = CASE
        WHEN c.has_context = 0 THEN CASE
            WHEN EXISTS (
                SELECT 1
                FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= ?
                  AND m.kind = 1
            ) THEN 0
            ELSE -1
        END
        ELSE c.version_class
    END,
    c.due = r.earliest
WHERE c.instance_id = r.instance
  AND c.token IS NULL
  AND (c.due <> r.earliest
        OR (c.has_context = 0
            AND c.version_class <> CASE
                WHEN EXISTS (
                    SELECT 1
                    FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= ?
                      AND m.kind = 1
                ) THEN 0
                ELSE -1
            END));
-- inputs: now | instance, seq
-- args: [1 2 0 0]
UPDATE (
    SELECT r.instance, r.seq, COALESCE((
        SELECT m.visible_at
        FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
        WHERE m.instance_id = r.instance
        ORDER BY m.instance_id, m.visible_at
        LIMIT 1
    ), 4611686018427387904) AS earliest
    FROM (
        SELECT ? AS instance, ? AS seq
    ) AS r
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.seq = CASE WHEN r.seq IS NOT NULL AND r.earliest < c.due THEN r.seq ELSE c.seq END,
    c.version_class = CASE
        WHEN c.has_context = 0 THEN CASE
            WHEN EXISTS (
                SELECT 1
                FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= ?
                  AND m.kind = 1
            ) THEN 0
            ELSE -1
        END
        ELSE c.version_class
    END,
    c.due = r.earliest
WHERE c.instance_id = r.instance
  AND c.token IS NULL
  AND (c.due <> r.earliest
        OR (c.has_context = 0
            AND c.version_class <> CASE
                WHEN EXISTS (
                    SELECT 1
                    FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= ?
                      AND m.kind = 1
                ) THEN 0
                ELSE -1
            END));

-- claims.extend moves the deadline of active locks.
-- inputs: now | instance, token, due
-- the same for 128 rows
-- inputs: now | instance, token, due
-- the same for 64 rows
-- inputs: now | instance, token, due
-- the same for 32 rows
-- inputs: now | instance, token, due
-- the same for 16 rows
-- inputs: now | instance, token, due
-- the same for 8 rows
-- inputs: now | instance, token, due
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS due
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.due = r.due
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;
-- inputs: now | instance, token, due
-- args: [1 2 3 4 5 6 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS due
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.due = r.due
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;
-- inputs: now | instance, token, due
-- args: [1 2 3 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS due
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.due = r.due
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;

-- claims.tokens tells what an ambiguous commit left behind.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
SELECT c.instance_id, c.token, c.acked_token
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance;
-- inputs:  | instance
SELECT c.instance_id, c.token, c.acked_token
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance;
-- inputs:  | instance
SELECT c.instance_id, c.token, c.acked_token
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance;

-- messages.insert appends messages for instances with a claim row.
-- inputs:  | instance, kind, visible_at, parent_id, item
-- the same for 128 rows
-- inputs:  | instance, kind, visible_at, parent_id, item
-- the same for 64 rows
-- inputs:  | instance, kind, visible_at, parent_id, item
-- the same for 32 rows
-- inputs:  | instance, kind, visible_at, parent_id, item
-- the same for 16 rows
-- inputs:  | instance, kind, visible_at, parent_id, item
-- the same for 8 rows
-- inputs:  | instance, kind, visible_at, parent_id, item
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY r.ord;
-- inputs:  | instance, kind, visible_at, parent_id, item
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY r.ord;
-- inputs:  | instance, kind, visible_at, parent_id, item
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
ORDER BY r.ord;

-- messages.of returns an instance's messages.
-- inputs: instance
SELECT m.id, m.kind, m.visible_at, m.attempts,
    CAST(CASE WHEN m.token IS NOT NULL THEN 1 ELSE 0 END AS SIGNED), m.item
FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = ?
ORDER BY m.id;

-- abandon.messages gives the messages of held locks back.
-- inputs:  | instance, token, visible_at, uncount
-- the same for 128 rows
-- inputs:  | instance, token, visible_at, uncount
-- the same for 64 rows
-- inputs:  | instance, token, visible_at, uncount
-- the same for 32 rows
-- inputs:  | instance, token, visible_at, uncount
-- the same for 16 rows
-- inputs:  | instance, token, visible_at, uncount
-- the same for 8 rows
-- inputs:  | instance, token, visible_at, uncount
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS visible_at, ? AS uncount
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
SET m.attempts = GREATEST(m.attempts - r.uncount, 0),
    m.visible_at = COALESCE(r.visible_at, m.visible_at),
    m.token = NULL
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
    );
-- inputs:  | instance, token, visible_at, uncount
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS visible_at, ? AS uncount
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
SET m.attempts = GREATEST(m.attempts - r.uncount, 0),
    m.visible_at = COALESCE(r.visible_at, m.visible_at),
    m.token = NULL
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
    );
-- inputs:  | instance, token, visible_at, uncount
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS visible_at, ? AS uncount
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
SET m.attempts = GREATEST(m.attempts - r.uncount, 0),
    m.visible_at = COALESCE(r.visible_at, m.visible_at),
    m.token = NULL
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
    );

-- abandon.release takes the token off held claim rows.
-- inputs:  | instance, token
-- the same for 128 rows
-- inputs:  | instance, token
-- the same for 64 rows
-- inputs:  | instance, token
-- the same for 32 rows
-- inputs:  | instance, token
-- the same for 16 rows
-- inputs:  | instance, token
-- the same for 8 rows
-- inputs:  | instance, token
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = NULL
WHERE c.instance_id = r.instance
  AND c.token = r.token;
-- inputs:  | instance, token
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = NULL
WHERE c.instance_id = r.instance
  AND c.token = r.token;
-- inputs:  | instance, token
UPDATE (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = NULL
WHERE c.instance_id = r.instance
  AND c.token = r.token;

-- ack.messages deletes the fetched messages.
-- inputs: now | instance, token
-- the same for 128 rows
-- inputs: now | instance, token
-- the same for 64 rows
-- inputs: now | instance, token
-- the same for 32 rows
-- inputs: now | instance, token
-- the same for 16 rows
-- inputs: now | instance, token
-- the same for 8 rows
-- inputs: now | instance, token
-- args: [1 2 3 4 5 6 7 8 0 0]
DELETE m
FROM (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND m.visible_at <= ?
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 3 4 0 0]
DELETE m
FROM (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND m.visible_at <= ?
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 0 0]
DELETE m
FROM (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance
  AND m.token = r.token
  AND m.visible_at <= ?
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.create_instance creates the instance record or renews its name, and fills in what it lacks.
-- inputs: now | instance, token, name, version, parent
-- the same for 128 rows
-- inputs: now | instance, token, name, version, parent
-- the same for 64 rows
-- inputs: now | instance, token, name, version, parent
-- the same for 32 rows
-- inputs: now | instance, token, name, version, parent
-- the same for 16 rows
-- inputs: now | instance, token, name, version, parent
-- the same for 8 rows
-- inputs: now | instance, token, name, version, parent
-- args: [0 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 0]
INSERT INTO `§instances` (instance_id, name, version, parent_id, custom_status_version, created_at, updated_at)
SELECT r.instance, r.name, r.version, r.parent, 0, ?, ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS name, ? AS version, ? AS parent
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE name = VALUES(name), version = COALESCE(VALUES(version), `§instances`.version),
    parent_id = COALESCE(`§instances`.parent_id, VALUES(parent_id)), updated_at = VALUES(updated_at);
-- inputs: now | instance, token, name, version, parent
-- args: [0 0 1 2 3 4 5 6 7 8 9 10 0]
INSERT INTO `§instances` (instance_id, name, version, parent_id, custom_status_version, created_at, updated_at)
SELECT r.instance, r.name, r.version, r.parent, 0, ?, ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS name, ? AS version, ? AS parent
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE name = VALUES(name), version = COALESCE(VALUES(version), `§instances`.version),
    parent_id = COALESCE(`§instances`.parent_id, VALUES(parent_id)), updated_at = VALUES(updated_at);
-- inputs: now | instance, token, name, version, parent
-- args: [0 0 1 2 3 4 5 0]
INSERT INTO `§instances` (instance_id, name, version, parent_id, custom_status_version, created_at, updated_at)
SELECT r.instance, r.name, r.version, r.parent, 0, ?, ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS name, ? AS version, ? AS parent
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE name = VALUES(name), version = COALESCE(VALUES(version), `§instances`.version),
    parent_id = COALESCE(`§instances`.parent_id, VALUES(parent_id)), updated_at = VALUES(updated_at);

-- ack.touch_instance notes when the instance changed.
-- inputs: now | instance, token
-- the same for 128 rows
-- inputs: now | instance, token
-- the same for 64 rows
-- inputs: now | instance, token
-- the same for 32 rows
-- inputs: now | instance, token
-- the same for 16 rows
-- inputs: now | instance, token
-- the same for 8 rows
-- inputs: now | instance, token
-- args: [1 2 3 4 5 6 7 8 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.updated_at = ?
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 3 4 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.updated_at = ?
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.updated_at = ?
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.create_execution creates the execution record, running, if it is missing.
-- inputs: now | instance, token, execution
-- the same for 128 rows
-- inputs: now | instance, token, execution
-- the same for 64 rows
-- inputs: now | instance, token, execution
-- the same for 32 rows
-- inputs: now | instance, token, execution
-- the same for 16 rows
-- inputs: now | instance, token, execution
-- the same for 8 rows
-- inputs: now | instance, token, execution
-- args: [0 1 2 3 4 5 6 7 8 9 10 11 12 0]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at)
SELECT r.instance, r.execution, 'Running', ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);
-- inputs: now | instance, token, execution
-- args: [0 1 2 3 4 5 6 0]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at)
SELECT r.instance, r.execution, 'Running', ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);
-- inputs: now | instance, token, execution
-- args: [0 1 2 3 0]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at)
SELECT r.instance, r.execution, 'Running', ?
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE instance_id = VALUES(instance_id);

-- ack.set_status replaces the execution's status, output and completion time.
-- inputs: now | instance, token, execution, status, output, completed_at
-- the same for 128 rows
-- inputs: now | instance, token, execution, status, output, completed_at
-- the same for 64 rows
-- inputs: now | instance, token, execution, status, output, completed_at
-- the same for 32 rows
-- inputs: now | instance, token, execution, status, output, completed_at
-- the same for 16 rows
-- inputs: now | instance, token, execution, status, output, completed_at
-- the same for 8 rows
-- inputs: now | instance, token, execution, status, output, completed_at
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS status, ? AS output, ? AS completed_at
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.status = r.status,
    e.output = r.output,
    e.completed_at = r.completed_at
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, execution, status, output, completed_at
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS status, ? AS output, ? AS completed_at
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.status = r.status,
    e.output = r.output,
    e.completed_at = r.completed_at
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, execution, status, output, completed_at
-- args: [1 2 3 4 5 6 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS status, ? AS output, ? AS completed_at
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.status = r.status,
    e.output = r.output,
    e.completed_at = r.completed_at
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.pin stores the version the execution is pinned to.
-- inputs: now | instance, token, execution, pinned
-- the same for 128 rows
-- inputs: now | instance, token, execution, pinned
-- the same for 64 rows
-- inputs: now | instance, token, execution, pinned
-- the same for 32 rows
-- inputs: now | instance, token, execution, pinned
-- the same for 16 rows
-- inputs: now | instance, token, execution, pinned
-- the same for 8 rows
-- inputs: now | instance, token, execution, pinned
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS pinned
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.pinned = r.pinned
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, execution, pinned
-- args: [1 2 3 4 5 6 7 8 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS pinned
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.pinned = r.pinned
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, execution, pinned
-- args: [1 2 3 4 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS pinned
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
SET e.pinned = r.pinned
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.insert_history appends the turn's events; a duplicate is a unique violation.
-- inputs: now | instance, token, execution, event, data
-- the same for 128 rows
-- inputs: now | instance, token, execution, event, data
-- the same for 64 rows
-- inputs: now | instance, token, execution, event, data
-- the same for 32 rows
-- inputs: now | instance, token, execution, event, data
-- the same for 16 rows
-- inputs: now | instance, token, execution, event, data
-- the same for 8 rows
-- inputs: now | instance, token, execution, event, data
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 0]
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS event, ? AS data
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?;
-- inputs: now | instance, token, execution, event, data
-- args: [1 2 3 4 5 6 7 8 9 10 0]
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS event, ? AS data
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?;
-- inputs: now | instance, token, execution, event, data
-- args: [1 2 3 4 5 0]
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS event, ? AS data
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?;

-- ack.custom_status sets or clears the custom status.
-- inputs: now | instance, token, status
-- the same for 128 rows
-- inputs: now | instance, token, status
-- the same for 64 rows
-- inputs: now | instance, token, status
-- the same for 32 rows
-- inputs: now | instance, token, status
-- the same for 16 rows
-- inputs: now | instance, token, status
-- the same for 8 rows
-- inputs: now | instance, token, status
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS status
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.custom_status = r.status,
    i.custom_status_version = i.custom_status_version + 1
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, status
-- args: [1 2 3 4 5 6 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS status
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.custom_status = r.status,
    i.custom_status_version = i.custom_status_version + 1
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token, status
-- args: [1 2 3 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS status
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
SET i.custom_status = r.status,
    i.custom_status_version = i.custom_status_version + 1
WHERE i.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.clear_kv turns every key of the instance into a tombstone.
-- inputs: now | instance, token
-- the same for 128 rows
-- inputs: now | instance, token
-- the same for 64 rows
-- inputs: now | instance, token
-- the same for 32 rows
-- inputs: now | instance, token
-- the same for 16 rows
-- inputs: now | instance, token
-- the same for 8 rows
-- inputs: now | instance, token
-- args: [1 2 3 4 5 6 7 8 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.delta_state = 2,
    k.delta_value = NULL,
    k.delta_at = ?
WHERE k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 3 4 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.delta_state = 2,
    k.delta_value = NULL,
    k.delta_at = ?
WHERE k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 0 0]
UPDATE (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.delta_state = 2,
    k.delta_value = NULL,
    k.delta_at = ?
WHERE k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.put_kv changes keys in the delta of the execution.
-- inputs: now | instance, token, key, value, updated_at, state
-- the same for 128 rows
-- inputs: now | instance, token, key, value, updated_at, state
-- the same for 64 rows
-- inputs: now | instance, token, key, value, updated_at, state
-- the same for 32 rows
-- inputs: now | instance, token, key, value, updated_at, state
-- the same for 16 rows
-- inputs: now | instance, token, key, value, updated_at, state
-- the same for 8 rows
-- inputs: now | instance, token, key, value, updated_at, state
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 0]
INSERT INTO `§kv` (instance_id, kv_key, store_at, delta_state, delta_value, delta_at)
SELECT r.instance, r.`key`, 0, r.state, r.value, r.updated_at
FROM (
    SELECT ? AS instance, ? AS token, ? AS `key`, ? AS value, ? AS updated_at, ? AS state
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE delta_state = VALUES(delta_state), delta_value = VALUES(delta_value), delta_at = VALUES(delta_at);
-- inputs: now | instance, token, key, value, updated_at, state
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
INSERT INTO `§kv` (instance_id, kv_key, store_at, delta_state, delta_value, delta_at)
SELECT r.instance, r.`key`, 0, r.state, r.value, r.updated_at
FROM (
    SELECT ? AS instance, ? AS token, ? AS `key`, ? AS value, ? AS updated_at, ? AS state
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE delta_state = VALUES(delta_state), delta_value = VALUES(delta_value), delta_at = VALUES(delta_at);
-- inputs: now | instance, token, key, value, updated_at, state
-- args: [1 2 3 4 5 6 0]
INSERT INTO `§kv` (instance_id, kv_key, store_at, delta_state, delta_value, delta_at)
SELECT r.instance, r.`key`, 0, r.state, r.value, r.updated_at
FROM (
    SELECT ? AS instance, ? AS token, ? AS `key`, ? AS value, ? AS updated_at, ? AS state
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance AND c.token = r.token AND c.due > ?
ON DUPLICATE KEY UPDATE delta_state = VALUES(delta_state), delta_value = VALUES(delta_value), delta_at = VALUES(delta_at);

-- ack.merge_kv_drop deletes the keys that the execution cleared.
-- inputs: now | instance, token
-- the same for 128 rows
-- inputs: now | instance, token
-- the same for 64 rows
-- inputs: now | instance, token
-- the same for 32 rows
-- inputs: now | instance, token
-- the same for 16 rows
-- inputs: now | instance, token
-- the same for 8 rows
-- inputs: now | instance, token
-- args: [1 2 3 4 5 6 7 8 0]
DELETE k
FROM (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.delta_state = 2
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 3 4 0]
DELETE k
FROM (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.delta_state = 2
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 0]
DELETE k
FROM (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.delta_state = 2
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.merge_kv_keep moves the values that the execution set into the store.
-- inputs: now | instance, token
-- the same for 128 rows
-- inputs: now | instance, token
-- the same for 64 rows
-- inputs: now | instance, token
-- the same for 32 rows
-- inputs: now | instance, token
-- the same for 16 rows
-- inputs: now | instance, token
-- the same for 8 rows
-- inputs: now | instance, token
-- args: [1 2 3 4 5 6 7 8 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.store_value = k.delta_value,
    k.store_at = k.delta_at,
    k.delta_state = 0,
    k.delta_value = NULL,
    k.delta_at = 0
WHERE k.delta_state = 1
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 3 4 0]
UPDATE (
    SELECT ? AS instance, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.store_value = k.delta_value,
    k.store_at = k.delta_at,
    k.delta_state = 0,
    k.delta_value = NULL,
    k.delta_at = 0
WHERE k.delta_state = 1
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | instance, token
-- args: [1 2 0]
UPDATE (
    SELECT ? AS instance, ? AS token
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
SET k.store_value = k.delta_value,
    k.store_at = k.delta_at,
    k.delta_state = 0,
    k.delta_value = NULL,
    k.delta_at = 0
WHERE k.delta_state = 1
  AND k.instance_id = r.instance
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.instance
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.insert_work appends the turn's activities.
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- the same for 128 rows
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- the same for 64 rows
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- the same for 32 rows
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- the same for 16 rows
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- the same for 8 rows
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 0]
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 0]
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;
-- inputs: now | source, token, instance, execution, activity, session, tag, tag_class, home, item
-- args: [1 2 3 4 5 6 7 8 9 10 0]
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;

-- ack.cancel_sessions makes the next claim look at the sessions of the activities to cancel.
-- inputs: now | source, token, instance, execution, activity
-- the same for 128 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 64 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 32 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 16 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 8 rows
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
        UNION ALL SELECT ?, ?, ?, ?, ?
        UNION ALL SELECT ?, ?, ?, ?, ?
        UNION ALL SELECT ?, ?, ?, ?, ?
    ) AS r
    STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance AND w.execution_id = r.execution AND w.activity_id = r.activity
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 6 7 8 9 10 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
        UNION ALL SELECT ?, ?, ?, ?, ?
    ) AS r
    STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance AND w.execution_id = r.execution AND w.activity_id = r.activity
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
    ) AS r
    STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance AND w.execution_id = r.execution AND w.activity_id = r.activity
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;

-- ack.cancel_work deletes cancelled activities, locked or not.
-- inputs: now | source, token, instance, execution, activity
-- the same for 128 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 64 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 32 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 16 rows
-- inputs: now | source, token, instance, execution, activity
-- the same for 8 rows
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 0]
DELETE w
FROM (
    SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance
  AND w.execution_id = r.execution
  AND w.activity_id = r.activity
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.source
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 6 7 8 9 10 0]
DELETE w
FROM (
    SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
    UNION ALL SELECT ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance
  AND w.execution_id = r.execution
  AND w.activity_id = r.activity
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.source
          AND c.token = r.token
          AND c.due > ?
    );
-- inputs: now | source, token, instance, execution, activity
-- args: [1 2 3 4 5 0]
DELETE w
FROM (
    SELECT ? AS source, ? AS token, ? AS instance, ? AS execution, ? AS activity
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance
  AND w.execution_id = r.execution
  AND w.activity_id = r.activity
  AND EXISTS (
        SELECT 1
        FROM `§claims` AS c FORCE INDEX (PRIMARY)
        WHERE c.instance_id = r.source
          AND c.token = r.token
          AND c.due > ?
    );

-- ack.insert_messages appends the turn's messages.
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- the same for 128 rows
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- the same for 64 rows
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- the same for 32 rows
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- the same for 16 rows
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- the same for 8 rows
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;
-- inputs: now | source, token, instance, kind, visible_at, parent_id, item
-- args: [1 2 3 4 5 6 7 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, parent_id, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.parent_id, r.item
FROM (
    SELECT 1 AS ord, ? AS source, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS parent_id, ? AS item
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.source AND c.token = r.token AND c.due > ?
ORDER BY r.ord;

-- ack.release ends the lock and moves the pointer to the current execution.
-- inputs: now | instance, token, execution, events, named, class
-- the same for 128 rows
-- inputs: now | instance, token, execution, events, named, class
-- the same for 64 rows
-- inputs: now | instance, token, execution, events, named, class
-- the same for 32 rows
-- inputs: now | instance, token, execution, events, named, class
-- the same for 16 rows
-- inputs: now | instance, token, execution, events, named, class
-- the same for 8 rows
-- inputs: now | instance, token, execution, events, named, class
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS events, ? AS named, ? AS class
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.acked_token = r.token,
    c.token = NULL,
    c.due = 4611686018427387904,
    c.event_count = CASE
        WHEN r.execution > c.execution_id THEN (
            SELECT COUNT(*)
            FROM `§history` AS h FORCE INDEX (PRIMARY)
            WHERE h.instance_id = c.instance_id
              AND h.execution_id = r.execution
        )
        WHEN r.execution = c.execution_id THEN c.event_count + r.events
        ELSE c.event_count
    END,
    c.version_class = CASE
        WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN CASE
            WHEN r.execution > c.execution_id THEN COALESCE(r.class, 0)
            ELSE COALESCE(r.class, CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END)
        END
        ELSE -1
    END,
    c.has_context = CASE WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN 1 ELSE 0 END,
    c.execution_id = GREATEST(c.execution_id, r.execution)
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;
-- inputs: now | instance, token, execution, events, named, class
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS events, ? AS named, ? AS class
    UNION ALL SELECT ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.acked_token = r.token,
    c.token = NULL,
    c.due = 4611686018427387904,
    c.event_count = CASE
        WHEN r.execution > c.execution_id THEN (
            SELECT COUNT(*)
            FROM `§history` AS h FORCE INDEX (PRIMARY)
            WHERE h.instance_id = c.instance_id
              AND h.execution_id = r.execution
        )
        WHEN r.execution = c.execution_id THEN c.event_count + r.events
        ELSE c.event_count
    END,
    c.version_class = CASE
        WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN CASE
            WHEN r.execution > c.execution_id THEN COALESCE(r.class, 0)
            ELSE COALESCE(r.class, CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END)
        END
        ELSE -1
    END,
    c.has_context = CASE WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN 1 ELSE 0 END,
    c.execution_id = GREATEST(c.execution_id, r.execution)
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;
-- inputs: now | instance, token, execution, events, named, class
-- args: [1 2 3 4 5 6 0]
UPDATE (
    SELECT ? AS instance, ? AS token, ? AS execution, ? AS events, ? AS named, ? AS class
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.acked_token = r.token,
    c.token = NULL,
    c.due = 4611686018427387904,
    c.event_count = CASE
        WHEN r.execution > c.execution_id THEN (
            SELECT COUNT(*)
            FROM `§history` AS h FORCE INDEX (PRIMARY)
            WHERE h.instance_id = c.instance_id
              AND h.execution_id = r.execution
        )
        WHEN r.execution = c.execution_id THEN c.event_count + r.events
        ELSE c.event_count
    END,
    c.version_class = CASE
        WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN CASE
            WHEN r.execution > c.execution_id THEN COALESCE(r.class, 0)
            ELSE COALESCE(r.class, CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END)
        END
        ELSE -1
    END,
    c.has_context = CASE WHEN c.has_context = 1 OR r.named = 1 OR r.events > 0 THEN 1 ELSE 0 END,
    c.execution_id = GREATEST(c.execution_id, r.execution)
WHERE c.instance_id = r.instance
  AND c.token = r.token
  AND c.due > ?;

-- claim.mark locks the oldest due instances of some version classes.
-- inputs: now, lock_until, nonce, limit, holder | class
-- args: [5 0 3 5 0 3 5 0 3 5 0 3 3 2 1 4]
UPDATE (
    SELECT p.instance_id
    FROM (
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.seq
    LIMIT ?
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?,
    c.prev_holder = c.holder,
    c.holder = ?
WHERE c.instance_id = p.instance_id;
-- inputs: now, lock_until, nonce, limit, holder | class
-- args: [5 0 3 5 0 3 5 0 3 3 2 1 4]
UPDATE (
    SELECT p.instance_id
    FROM (
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.seq
    LIMIT ?
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?,
    c.prev_holder = c.holder,
    c.holder = ?
WHERE c.instance_id = p.instance_id;
-- inputs: now, lock_until, nonce, limit, holder | class
-- args: [5 0 3 5 0 3 3 2 1 4]
UPDATE (
    SELECT p.instance_id
    FROM (
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.seq
    LIMIT ?
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?,
    c.prev_holder = c.holder,
    c.holder = ?
WHERE c.instance_id = p.instance_id;
-- inputs: now, lock_until, nonce, limit, holder | class
-- args: [5 0 3 2 1 4]
UPDATE (
    SELECT x.instance_id
    FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
    WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
      AND x.due <= ?
    ORDER BY x.due, x.seq
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?,
    c.prev_holder = c.holder,
    c.holder = ?
WHERE c.instance_id = p.instance_id;
-- inputs: now, lock_until, nonce, limit, holder | class
-- args: [5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 5 0 3 3 2 1 4]
UPDATE (
    SELECT p.instance_id
    FROM (
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[4]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[5]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[6]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[7]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[8]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[9]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[10]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[11]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[12]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[13]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[14]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
            WHERE x.version_class = CAST(JSON_EXTRACT(?, '$[15]') AS SIGNED)
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.instance_id, x.due, x.seq
            FROM (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (ord FOR ORDINALITY, class BIGINT PATH '$')) AS j
                WHERE j.ord > 16
            ) AS r
            STRAIGHT_JOIN `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`) ON TRUE
            WHERE x.version_class = r.class
              AND x.due <= ?
            ORDER BY x.due, x.seq
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.seq
    LIMIT ?
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?,
    c.prev_holder = c.holder,
    c.holder = ?
WHERE c.instance_id = p.instance_id;

-- claim.tag tags the visible messages of the marked instances and counts the attempt.
-- inputs: now, lock_until, nonce | class
-- args: [3 1 2 2 0]
UPDATE (
    SELECT DISTINCT c.instance_id
    FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
    STRAIGHT_JOIN `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`) ON c.version_class = r.class AND c.due = ? AND c.token = ?
) AS p
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
SET m.token = ?,
    m.attempts = m.attempts + 1
WHERE m.instance_id = p.instance_id
  AND m.visible_at <= ?;

-- claim.items returns the marked instances with their records.
-- inputs: lock_until, nonce | class
-- args: [2 0 1]
SELECT c.instance_id, c.execution_id, c.event_count, c.incarnation, c.prev_holder,
    CAST(CASE WHEN i.instance_id IS NOT NULL THEN 1 ELSE 0 END AS SIGNED), i.name, i.version
FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`) ON c.version_class = r.class AND c.due = ? AND c.token = ?
LEFT JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = c.instance_id;

-- claim.messages returns the tagged messages, in order.
-- inputs: now, lock_until, nonce | class
-- args: [3 1 2 0 2]
SELECT m.instance_id, m.id, m.attempts, m.item
FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`) ON c.version_class = r.class AND c.due = ? AND c.token = ?
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`) ON m.instance_id = c.instance_id AND m.visible_at <= ? AND m.token = ?
ORDER BY m.instance_id, m.id;

-- claim.history returns the history of the marked instances that somebody else held before.
-- inputs: lock_until, nonce, holder | class
-- args: [3 0 1 2]
SELECT h.instance_id, h.event_id, h.data
FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`) ON c.version_class = r.class AND c.due = ? AND c.token = ?
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY) ON h.instance_id = c.instance_id AND h.execution_id = GREATEST(c.execution_id, 1)
WHERE c.prev_holder <> ?
ORDER BY h.instance_id, h.event_id;

-- claim.kv returns the stored keys of the marked instances, without the delta.
-- inputs: lock_until, nonce | class
-- args: [2 0 1]
SELECT k.instance_id, k.kv_key, k.store_value, k.store_at
FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`) ON c.version_class = r.class AND c.due = ? AND c.token = ?
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY) ON k.instance_id = c.instance_id
WHERE k.store_value IS NOT NULL;

-- claim.horizon returns the next due time of each class that has one, and how many classes there are.
-- inputs:  | class
SELECT CAST(p.class AS SIGNED), p.due
FROM (
    SELECT r.class AS class,
        (
            SELECT c.due
            FROM `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`)
            WHERE c.version_class = r.class
              AND c.due < 4611686018427387904
            ORDER BY c.version_class, c.due
            LIMIT 1
        ) AS due
    FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS r
    UNION ALL
    SELECT -2 AS class, COUNT(*) AS due
    FROM `§classes` AS k
) AS p
WHERE p.due IS NOT NULL;

-- orphans.mark locks due claim rows without context.
-- inputs: now, nonce, limit
-- args: [0 2 1 0]
UPDATE (
    SELECT x.instance_id
    FROM `§claims` AS x FORCE INDEX (`claims_version_class_due_seq`)
    WHERE x.version_class = -1
      AND x.due <= ?
    ORDER BY x.version_class, x.due, x.seq
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
SET c.token = ?,
    c.due = ?
WHERE c.instance_id = p.instance_id;

-- orphans.drop deletes queue messages that wait alone for an instance without context.
-- inputs: now, nonce
-- args: [0 1 0 0]
DELETE m
FROM (
    SELECT DISTINCT c.instance_id
    FROM `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`)
    WHERE c.version_class = -1
      AND c.due = ?
      AND c.token = ?
      AND NOT EXISTS (
            SELECT 1
            FROM `§messages` AS o FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE o.instance_id = c.instance_id
              AND o.visible_at <= ?
              AND o.kind <> 2
        )
) AS p
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = p.instance_id
  AND m.visible_at <= ?
  AND m.kind = 2;

-- orphans.settle makes rows with a visible start claimable and parks the others until something more becomes visible.
-- inputs: now, nonce
-- args: [0 0 0 0 1]
UPDATE `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`)
SET c.token = NULL,
    c.version_class = CASE
        WHEN EXISTS (
            SELECT 1
            FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE m.instance_id = c.instance_id
              AND m.visible_at <= ?
              AND m.kind = 1
        ) THEN 0
        ELSE -1
    END,
    c.due = CASE
        WHEN EXISTS (
            SELECT 1
            FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE m.instance_id = c.instance_id
              AND m.visible_at <= ?
              AND m.kind = 1
        ) THEN COALESCE((
            SELECT m.visible_at
            FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE m.instance_id = c.instance_id
            ORDER BY m.instance_id, m.visible_at
            LIMIT 1
        ), 4611686018427387904)
        ELSE COALESCE((
            SELECT m.visible_at
            FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE m.instance_id = c.instance_id
              AND m.visible_at > ?
            ORDER BY m.instance_id, m.visible_at
            LIMIT 1
        ), 4611686018427387904)
    END
WHERE c.version_class = -1
  AND c.due = ?
  AND c.token = ?;

-- work.insert appends activities.
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
-- the same for 128 rows
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
-- the same for 64 rows
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
-- the same for 32 rows
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
-- the same for 16 rows
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
-- the same for 8 rows
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?, ?, ?, ?, ?
) AS r
ORDER BY r.ord;
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?, ?, ?
) AS r
ORDER BY r.ord;
-- inputs:  | instance, execution, activity, session, tag, tag_class, home, item
INSERT INTO `§work` (instance_id, execution_id, activity_id, session_id, tag, tag_class, home, route, due, attempts, item)
SELECT r.instance, r.execution, r.activity, r.session, r.tag, r.tag_class, r.home, r.home, 0, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS instance, ? AS execution, ? AS activity, ? AS session, ? AS tag, ? AS tag_class, ? AS home, ? AS item
) AS r
ORDER BY r.ord;

-- sessions.dirty makes the next claim look at sessions, and creates those that are new.
-- inputs:  | session, tag_class, route
-- the same for 128 rows
-- inputs:  | session, tag_class, route
-- the same for 64 rows
-- inputs:  | session, tag_class, route
-- the same for 32 rows
-- inputs:  | session, tag_class, route
-- the same for 16 rows
-- inputs:  | session, tag_class, route
-- the same for 8 rows
-- inputs:  | session, tag_class, route
INSERT INTO `§sessions` (session_id, tag_class, route, owner, locked_until, last_activity_at, due)
SELECT DISTINCT r.session, r.tag_class, r.route,
    (
        SELECT o.owner
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ),
    COALESCE((
        SELECT o.locked_until
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    COALESCE((
        SELECT o.last_activity_at
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    0
FROM (
    SELECT ? AS session, ? AS tag_class, ? AS route
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
ON DUPLICATE KEY UPDATE due = 0;
-- inputs:  | session, tag_class, route
INSERT INTO `§sessions` (session_id, tag_class, route, owner, locked_until, last_activity_at, due)
SELECT DISTINCT r.session, r.tag_class, r.route,
    (
        SELECT o.owner
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ),
    COALESCE((
        SELECT o.locked_until
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    COALESCE((
        SELECT o.last_activity_at
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    0
FROM (
    SELECT ? AS session, ? AS tag_class, ? AS route
    UNION ALL SELECT ?, ?, ?
) AS r
ON DUPLICATE KEY UPDATE due = 0;
-- inputs:  | session, tag_class, route
INSERT INTO `§sessions` (session_id, tag_class, route, owner, locked_until, last_activity_at, due)
SELECT DISTINCT r.session, r.tag_class, r.route,
    (
        SELECT o.owner
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ),
    COALESCE((
        SELECT o.locked_until
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    COALESCE((
        SELECT o.last_activity_at
        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
        WHERE o.session_id = r.session
        ORDER BY o.session_id, o.tag_class
        LIMIT 1
    ), 0),
    0
FROM (
    SELECT ? AS session, ? AS tag_class, ? AS route
) AS r
ON DUPLICATE KEY UPDATE due = 0;

-- work.promote_sessions makes this claim look at the sessions of the rows that work.promote will promote.
-- inputs: now, limit
UPDATE (
    SELECT w.session_id, w.tag_class
    FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
    WHERE w.route = -1
      AND w.due <= ?
    ORDER BY w.route, w.due, w.id
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;

-- work.promote makes waiting rows ready whose time has come.
-- inputs: now, limit
UPDATE (
    SELECT w.id
    FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
    WHERE w.route = -1
      AND w.due <= ?
    ORDER BY w.route, w.due, w.id
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = w.home,
    w.due = 0
WHERE w.id = p.id;

-- sessions.mark marks the sessions that need a look.
-- inputs: now, limit, mark
UPDATE (
    SELECT x.session_id, x.tag_class
    FROM `§sessions` AS x FORCE INDEX (`sessions_due`)
    WHERE x.due <= ?
    ORDER BY x.due
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = ?
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;

-- sessions.demote gives the heads of marked sessions back to their session.
-- inputs: mark
UPDATE (
    SELECT DISTINCT s.head AS id
    FROM `§sessions` AS s FORCE INDEX (`sessions_due`)
    WHERE s.due = ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = w.home
WHERE w.id = p.id
  AND w.route >= 2305843009213693952
  AND EXISTS (
        SELECT 1
        FROM `§sessions` AS s FORCE INDEX (PRIMARY)
        WHERE s.session_id = w.session_id
          AND s.tag_class = w.tag_class
          AND s.head = w.id
    );

-- sessions.head finds the oldest ready work of marked sessions that nobody owns.
-- inputs: now, mark
UPDATE `§sessions` AS s FORCE INDEX (`sessions_due`)
SET s.head = CASE
        WHEN s.owner IS NULL OR s.locked_until <= ? THEN (
            SELECT w.id
            FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
            WHERE w.route = s.route
              AND w.due <= 0
            ORDER BY w.route, w.due, w.id
            LIMIT 1
        )
        ELSE NULL
    END
WHERE s.due = ?;

-- sessions.promote lets anybody claim the new heads.
-- inputs: mark
UPDATE (
    SELECT DISTINCT s.head AS id
    FROM `§sessions` AS s FORCE INDEX (`sessions_due`)
    WHERE s.due = ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = 2305843009213693952 + w.tag_class
WHERE w.id = p.id
  AND w.route = w.home
  AND EXISTS (
        SELECT 1
        FROM `§sessions` AS s FORCE INDEX (PRIMARY)
        WHERE s.session_id = w.session_id
          AND s.tag_class = w.tag_class
          AND s.head = w.id
    );

-- sessions.settled ends the mark.
-- inputs: now, mark
UPDATE `§sessions` AS s FORCE INDEX (`sessions_due`)
SET s.due = CASE WHEN s.owner IS NULL OR s.locked_until <= ? THEN 4611686018427387904 ELSE s.locked_until END
WHERE s.due = ?;

-- work.claim locks the oldest ready work without a session.
-- inputs: lock_until, nonce, limit | class
-- args: [3 2 3 2 3 2 3 2 2 0 1]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = NULL,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: lock_until, nonce, limit | class
-- args: [3 2 3 2 3 2 2 0 1]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = NULL,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: lock_until, nonce, limit | class
-- args: [3 2 3 2 2 0 1]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = NULL,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: lock_until, nonce, limit | class
-- args: [3 2 0 1]
UPDATE (
    SELECT x.id
    FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
    WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
      AND x.due <= 0
    ORDER BY x.due, x.id
    LIMIT ?
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = NULL,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: lock_until, nonce, limit | class
-- args: [3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 2 0 1]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[4]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[5]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[6]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[7]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[8]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[9]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[10]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[11]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[12]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[13]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[14]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[15]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (ord FOR ORDINALITY, class BIGINT PATH '$')) AS j
                WHERE j.ord > 16
            ) AS r
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE x.route = r.class
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = NULL,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;

-- work.claim_session locks the oldest ready work, that of the owner's sessions and of free sessions included.
-- inputs: now, lock_until, nonce, limit, owner | class
-- args: [5 3 5 3 5 3 5 3 5 4 0 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 3 1 2 4]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
            STRAIGHT_JOIN (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS j
            ) AS r ON TRUE
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE s.owner = ?
              AND s.locked_until > ?
              AND s.tag_class = r.class
              AND x.route = s.route
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = ?,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: now, lock_until, nonce, limit, owner | class
-- args: [5 3 5 3 5 3 5 4 0 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 3 1 2 4]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
            STRAIGHT_JOIN (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS j
            ) AS r ON TRUE
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE s.owner = ?
              AND s.locked_until > ?
              AND s.tag_class = r.class
              AND x.route = s.route
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = ?,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: now, lock_until, nonce, limit, owner | class
-- args: [5 3 5 3 5 4 0 3 4 0 4 0 5 3 4 0 4 0 5 3 3 1 2 4]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
            STRAIGHT_JOIN (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS j
            ) AS r ON TRUE
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE s.owner = ?
              AND s.locked_until > ?
              AND s.tag_class = r.class
              AND x.route = s.route
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = ?,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: now, lock_until, nonce, limit, owner | class
-- args: [5 3 5 4 0 3 4 0 4 0 5 3 3 1 2 4]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
            STRAIGHT_JOIN (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS j
            ) AS r ON TRUE
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE s.owner = ?
              AND s.locked_until > ?
              AND s.tag_class = r.class
              AND x.route = s.route
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = ?,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;
-- inputs: now, lock_until, nonce, limit, owner | class
-- args: [5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 3 5 4 0 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 4 0 4 0 5 3 5 4 0 4 0 3 3 1 2 4]
UPDATE (
    SELECT p.id
    FROM (
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[4]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[5]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[6]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[7]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[8]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[9]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[10]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[11]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[12]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[13]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[14]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            WHERE x.route = CAST(JSON_EXTRACT(?, '$[15]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (ord FOR ORDINALITY, class BIGINT PATH '$')) AS j
                WHERE j.ord > 16
            ) AS r
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE x.route = r.class
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
            STRAIGHT_JOIN (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (class BIGINT PATH '$')) AS j
            ) AS r ON TRUE
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            WHERE s.owner = ?
              AND s.locked_until > ?
              AND s.tag_class = r.class
              AND x.route = s.route
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[0]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[1]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[2]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[3]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[4]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[5]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[6]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[7]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[8]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[9]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[10]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[11]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[12]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[13]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[14]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM `§work` AS x FORCE INDEX (`work_route_due_id`)
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + CAST(JSON_EXTRACT(?, '$[15]') AS SIGNED)
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
        UNION ALL
        (
            SELECT x.id, x.due
            FROM (
                SELECT DISTINCT j.class
                FROM JSON_TABLE(?, '$[*]' COLUMNS (ord FOR ORDINALITY, class BIGINT PATH '$')) AS j
                WHERE j.ord > 16
            ) AS r
            STRAIGHT_JOIN `§work` AS x FORCE INDEX (`work_route_due_id`) ON TRUE
            STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
                ON s.session_id = x.session_id
                  AND (s.owner IS NULL OR s.owner = ? OR s.locked_until <= ?)
                  AND NOT EXISTS (
                        SELECT 1
                        FROM `§sessions` AS o FORCE INDEX (PRIMARY)
                        WHERE o.session_id = x.session_id
                          AND (o.tag_class < s.tag_class OR (o.owner <> ? AND o.locked_until > ?))
                    )
            WHERE x.route = 2305843009213693952 + r.class
              AND x.due <= 0
            ORDER BY x.due, x.id
            LIMIT ?
            FOR UPDATE SKIP LOCKED
        )
    ) AS p
    ORDER BY p.due, p.id
    LIMIT ?
) AS p
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.route = -1,
    w.due = ?,
    w.token = ?,
    w.owner = ?,
    w.attempts = w.attempts + 1
WHERE w.id = p.id;

-- work.claimed returns the locked work.
-- inputs: lock_until, nonce
SELECT w.id, w.attempts, w.session_id, w.item
FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
WHERE w.route = -1
  AND w.due = ?
  AND w.token = ?
ORDER BY w.id;

-- sessions.own gives the sessions of the locked work to the owner.
-- inputs: now, lock_until, nonce, owner, session_until
-- args: [1 2 3 4 0]
UPDATE (
    SELECT DISTINCT w.session_id
    FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
    WHERE w.route = -1
      AND w.due = ?
      AND w.token = ?
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.owner = ?,
    s.locked_until = ?,
    s.last_activity_at = ?,
    s.due = 0
WHERE s.session_id = p.session_id;

-- work.horizon returns when waiting work and sessions need a look next, if there are any, and how many classes there are.
-- inputs: 
SELECT CAST(p.kind AS SIGNED), p.due
FROM (
    SELECT -3 AS kind,
        (
            SELECT t.due
            FROM `§work` AS t FORCE INDEX (`work_route_due_id`)
            WHERE t.route = -1
              AND t.due < 4611686018427387904
            ORDER BY t.route, t.due
            LIMIT 1
        ) AS due
    UNION ALL
    SELECT -4 AS kind,
        (
            SELECT t.due
            FROM `§sessions` AS t FORCE INDEX (`sessions_due`)
            WHERE t.due <= 4611686018427387904
            ORDER BY t.due
            LIMIT 1
        ) AS due
    UNION ALL
    SELECT -2 AS kind, COUNT(*) AS due
    FROM `§classes` AS k
) AS p
WHERE p.due IS NOT NULL;

-- work.lock locks work in ascending order, and tells who holds it.
-- inputs:  | id
-- the same for 128 rows
-- inputs:  | id
-- the same for 64 rows
-- inputs:  | id
-- the same for 32 rows
-- inputs:  | id
-- the same for 16 rows
-- inputs:  | id
-- the same for 8 rows
-- inputs:  | id
SELECT w.id, w.token, w.due
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id
ORDER BY w.id
FOR UPDATE;
-- inputs:  | id
SELECT w.id, w.token, w.due
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id
ORDER BY w.id
FOR UPDATE;
-- inputs:  | id
SELECT w.id, w.token, w.due
FROM (
    SELECT ? AS id
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id
ORDER BY w.id
FOR UPDATE;

-- work.tokens tells what an ambiguous commit left behind.
-- inputs:  | id
-- the same for 128 rows
-- inputs:  | id
-- the same for 64 rows
-- inputs:  | id
-- the same for 32 rows
-- inputs:  | id
-- the same for 16 rows
-- inputs:  | id
-- the same for 8 rows
-- inputs:  | id
SELECT w.id, w.token
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id;
-- inputs:  | id
SELECT w.id, w.token
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id;
-- inputs:  | id
SELECT w.id, w.token
FROM (
    SELECT ? AS id
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id;

-- work.touch_session notes activity on the sessions of active work that its owner still holds.
-- inputs: now | id, token
-- the same for 128 rows
-- inputs: now | id, token
-- the same for 64 rows
-- inputs: now | id, token
-- the same for 32 rows
-- inputs: now | id, token
-- the same for 16 rows
-- inputs: now | id, token
-- the same for 8 rows
-- inputs: now | id, token
-- args: [1 2 3 4 5 6 7 8 0 0 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.owner
    FROM (
        SELECT ? AS id, ? AS token
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.last_activity_at = ?
WHERE s.session_id = p.session_id
  AND s.owner = p.owner
  AND s.locked_until > ?;
-- inputs: now | id, token
-- args: [1 2 3 4 0 0 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.owner
    FROM (
        SELECT ? AS id, ? AS token
        UNION ALL SELECT ?, ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.last_activity_at = ?
WHERE s.session_id = p.session_id
  AND s.owner = p.owner
  AND s.locked_until > ?;
-- inputs: now | id, token
-- args: [1 2 0 0 0]
UPDATE (
    SELECT DISTINCT w.session_id, w.owner
    FROM (
        SELECT ? AS id, ? AS token
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.last_activity_at = ?
WHERE s.session_id = p.session_id
  AND s.owner = p.owner
  AND s.locked_until > ?;

-- work.complete appends the completions of active work.
-- inputs: now | id, token, instance, kind, visible_at, item
-- the same for 128 rows
-- inputs: now | id, token, instance, kind, visible_at, item
-- the same for 64 rows
-- inputs: now | id, token, instance, kind, visible_at, item
-- the same for 32 rows
-- inputs: now | id, token, instance, kind, visible_at, item
-- the same for 16 rows
-- inputs: now | id, token, instance, kind, visible_at, item
-- the same for 8 rows
-- inputs: now | id, token, instance, kind, visible_at, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS id, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
ORDER BY r.ord;
-- inputs: now | id, token, instance, kind, visible_at, item
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS id, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS item
    UNION ALL SELECT 2, ?, ?, ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
ORDER BY r.ord;
-- inputs: now | id, token, instance, kind, visible_at, item
-- args: [1 2 3 4 5 6 0]
INSERT INTO `§messages` (instance_id, kind, visible_at, attempts, item)
SELECT r.instance, r.kind, r.visible_at, 0, r.item
FROM (
    SELECT 1 AS ord, ? AS id, ? AS token, ? AS instance, ? AS kind, ? AS visible_at, ? AS item
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token AND w.due > ?
ORDER BY r.ord;

-- work.delete deletes active work.
-- inputs: now | id, token
-- the same for 128 rows
-- inputs: now | id, token
-- the same for 64 rows
-- inputs: now | id, token
-- the same for 32 rows
-- inputs: now | id, token
-- the same for 16 rows
-- inputs: now | id, token
-- the same for 8 rows
-- inputs: now | id, token
-- args: [1 2 3 4 5 6 7 8 0]
DELETE w
FROM (
    SELECT ? AS id, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;
-- inputs: now | id, token
-- args: [1 2 3 4 0]
DELETE w
FROM (
    SELECT ? AS id, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;
-- inputs: now | id, token
-- args: [1 2 0]
DELETE w
FROM (
    SELECT ? AS id, ? AS token
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;

-- work.extend moves the deadline of active work.
-- inputs: now | id, token, due
-- the same for 128 rows
-- inputs: now | id, token, due
-- the same for 64 rows
-- inputs: now | id, token, due
-- the same for 32 rows
-- inputs: now | id, token, due
-- the same for 16 rows
-- inputs: now | id, token, due
-- the same for 8 rows
-- inputs: now | id, token, due
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.due = r.due
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;
-- inputs: now | id, token, due
-- args: [1 2 3 4 5 6 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due
    UNION ALL SELECT ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.due = r.due
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;
-- inputs: now | id, token, due
-- args: [1 2 3 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.due = r.due
WHERE w.id = r.id
  AND w.token = r.token
  AND w.due > ?;

-- work.dirty_session makes the next claim look at the sessions of held work.
-- inputs:  | id, token
-- the same for 128 rows
-- inputs:  | id, token
-- the same for 64 rows
-- inputs:  | id, token
-- the same for 32 rows
-- inputs:  | id, token
-- the same for 16 rows
-- inputs:  | id, token
-- the same for 8 rows
-- inputs:  | id, token
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS id, ? AS token
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
        UNION ALL SELECT ?, ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs:  | id, token
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS id, ? AS token
        UNION ALL SELECT ?, ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs:  | id, token
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS id, ? AS token
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY) ON w.id = r.id AND w.token = r.token
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;

-- work.abandon gives held work back, at once or after a delay.
-- inputs: now | id, token, due, uncount
-- the same for 128 rows
-- inputs: now | id, token, due, uncount
-- the same for 64 rows
-- inputs: now | id, token, due, uncount
-- the same for 32 rows
-- inputs: now | id, token, due, uncount
-- the same for 16 rows
-- inputs: now | id, token, due, uncount
-- the same for 8 rows
-- inputs: now | id, token, due, uncount
-- args: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 0 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due, ? AS uncount
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.token = NULL,
    w.owner = NULL,
    w.attempts = GREATEST(w.attempts - r.uncount, 0),
    w.route = CASE WHEN r.due <= ? THEN w.home ELSE -1 END,
    w.due = CASE WHEN r.due <= ? THEN 0 ELSE r.due END
WHERE w.id = r.id
  AND w.token = r.token;
-- inputs: now | id, token, due, uncount
-- args: [1 2 3 4 5 6 7 8 0 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due, ? AS uncount
    UNION ALL SELECT ?, ?, ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.token = NULL,
    w.owner = NULL,
    w.attempts = GREATEST(w.attempts - r.uncount, 0),
    w.route = CASE WHEN r.due <= ? THEN w.home ELSE -1 END,
    w.due = CASE WHEN r.due <= ? THEN 0 ELSE r.due END
WHERE w.id = r.id
  AND w.token = r.token;
-- inputs: now | id, token, due, uncount
-- args: [1 2 3 4 0 0]
UPDATE (
    SELECT ? AS id, ? AS token, ? AS due, ? AS uncount
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
SET w.token = NULL,
    w.owner = NULL,
    w.attempts = GREATEST(w.attempts - r.uncount, 0),
    w.route = CASE WHEN r.due <= ? THEN w.home ELSE -1 END,
    w.due = CASE WHEN r.due <= ? THEN 0 ELSE r.due END
WHERE w.id = r.id
  AND w.token = r.token;

-- sessions.renewable returns the sessions that sessions.renew will extend.
-- inputs: now, idle_after | owner
-- the same for 128 rows
-- inputs: now, idle_after | owner
-- the same for 64 rows
-- inputs: now, idle_after | owner
-- the same for 32 rows
-- inputs: now, idle_after | owner
-- the same for 16 rows
-- inputs: now, idle_after | owner
-- the same for 8 rows
-- inputs: now, idle_after | owner
-- args: [2 3 4 5 0 1]
SELECT DISTINCT s.session_id
FROM (
    SELECT ? AS owner
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`) ON s.owner = r.owner AND s.locked_until > ? AND s.last_activity_at > ?;
-- inputs: now, idle_after | owner
-- args: [2 3 0 1]
SELECT DISTINCT s.session_id
FROM (
    SELECT ? AS owner
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`) ON s.owner = r.owner AND s.locked_until > ? AND s.last_activity_at > ?;
-- inputs: now, idle_after | owner
-- args: [2 0 1]
SELECT DISTINCT s.session_id
FROM (
    SELECT ? AS owner
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`) ON s.owner = r.owner AND s.locked_until > ? AND s.last_activity_at > ?;

-- sessions.renew extends active sessions that are not idle; dirty ones stay dirty.
-- inputs: now, idle_after, until | owner
-- the same for 128 rows
-- inputs: now, idle_after, until | owner
-- the same for 64 rows
-- inputs: now, idle_after, until | owner
-- the same for 32 rows
-- inputs: now, idle_after, until | owner
-- the same for 16 rows
-- inputs: now, idle_after, until | owner
-- the same for 8 rows
-- inputs: now, idle_after, until | owner
-- args: [3 4 5 6 2 2 0 1]
UPDATE (
    SELECT ? AS owner
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`)
SET s.locked_until = ?,
    s.due = CASE WHEN s.due = 0 THEN 0 ELSE ? END
WHERE s.owner = r.owner
  AND s.locked_until > ?
  AND s.last_activity_at > ?;
-- inputs: now, idle_after, until | owner
-- args: [3 4 2 2 0 1]
UPDATE (
    SELECT ? AS owner
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`)
SET s.locked_until = ?,
    s.due = CASE WHEN s.due = 0 THEN 0 ELSE ? END
WHERE s.owner = r.owner
  AND s.locked_until > ?
  AND s.last_activity_at > ?;
-- inputs: now, idle_after, until | owner
-- args: [3 2 2 0 1]
UPDATE (
    SELECT ? AS owner
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (`sessions_owner`)
SET s.locked_until = ?,
    s.due = CASE WHEN s.due = 0 THEN 0 ELSE ? END
WHERE s.owner = r.owner
  AND s.locked_until > ?
  AND s.last_activity_at > ?;

-- sessions.orphaned returns owned, expired sessions without work, and locks their rows.
-- inputs: now
SELECT DISTINCT p.session_id
FROM (
    SELECT s.session_id
    FROM `§sessions` AS s
    WHERE s.owner IS NOT NULL
      AND s.locked_until <= ?
      AND NOT EXISTS (
            SELECT 1
            FROM `§work` AS w FORCE INDEX (`work_session_id`)
            WHERE w.session_id = s.session_id
        )
    FOR UPDATE
) AS p;

-- sessions.delete deletes sessions that are still expired and without work.
-- inputs: now | session
-- the same for 128 rows
-- inputs: now | session
-- the same for 64 rows
-- inputs: now | session
-- the same for 32 rows
-- inputs: now | session
-- the same for 16 rows
-- inputs: now | session
-- the same for 8 rows
-- inputs: now | session
-- args: [1 2 3 4 0]
DELETE s
FROM (
    SELECT ? AS session
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
WHERE s.session_id = r.session
  AND s.locked_until <= ?
  AND NOT EXISTS (
        SELECT 1
        FROM `§work` AS w FORCE INDEX (`work_session_id`)
        WHERE w.session_id = s.session_id
    );
-- inputs: now | session
-- args: [1 2 0]
DELETE s
FROM (
    SELECT ? AS session
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
WHERE s.session_id = r.session
  AND s.locked_until <= ?
  AND NOT EXISTS (
        SELECT 1
        FROM `§work` AS w FORCE INDEX (`work_session_id`)
        WHERE w.session_id = s.session_id
    );
-- inputs: now | session
-- args: [1 0]
DELETE s
FROM (
    SELECT ? AS session
) AS r
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
WHERE s.session_id = r.session
  AND s.locked_until <= ?
  AND NOT EXISTS (
        SELECT 1
        FROM `§work` AS w FORCE INDEX (`work_session_id`)
        WHERE w.session_id = s.session_id
    );

-- look.due returns when what waiting fetches are after becomes claimable, for both queues.
-- inputs: now | ref, kind, class, owner
SELECT p.ref, p.due
FROM (
    SELECT r.ref AS ref,
        CASE
            WHEN r.kind = 1 THEN (
                SELECT c.due
                FROM `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`)
                WHERE c.version_class = r.class
                  AND c.due < 4611686018427387904
                ORDER BY c.version_class, c.due
                LIMIT 1
            )
            WHEN r.kind = 2 THEN (
                SELECT w.due
                FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
                WHERE w.route = r.class
                  AND w.due < 4611686018427387904
                ORDER BY w.route, w.due
                LIMIT 1
            )
            WHEN r.kind = 3 THEN (
                SELECT s.due
                FROM `§sessions` AS s FORCE INDEX (`sessions_due`)
                WHERE s.due < 4611686018427387904
                ORDER BY s.due
                LIMIT 1
            )
            WHEN r.kind = 4 THEN (
                SELECT w.due
                FROM `§sessions` AS s FORCE INDEX (`sessions_owner`)
                STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_route_due_id`) ON w.route = s.route AND w.due <= 0
                WHERE s.owner = r.owner
                  AND s.locked_until > ?
                LIMIT 1
            )
            ELSE (
                SELECT COUNT(*)
                FROM `§classes` AS t
            )
        END AS due
    FROM JSON_TABLE(?, '$[*]' COLUMNS (ref BIGINT PATH '$[0]', kind BIGINT PATH '$[1]', class BIGINT PATH '$[2]', owner VARCHAR(1024) PATH '$[3]')) AS r
) AS p
WHERE p.due IS NOT NULL;

-- read.position tells which history an instance is at.
-- inputs: instance
SELECT c.execution_id, c.event_count, c.incarnation
FROM `§claims` AS c FORCE INDEX (PRIMARY)
WHERE c.instance_id = ?;

-- read.history returns the events of one execution.
-- inputs: instance, execution
SELECT h.event_id, h.data
FROM `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = ?
  AND h.execution_id = ?
ORDER BY h.event_id;

-- read.custom_status returns the custom status.
-- inputs: instance
SELECT i.custom_status, i.custom_status_version
FROM `§instances` AS i FORCE INDEX (PRIMARY)
WHERE i.instance_id = ?;

-- read.kv_value returns the value of a key that has one.
-- inputs: instance, key
SELECT CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END
FROM `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.instance_id = ?
  AND k.kv_key = ?
  AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL));

-- read.kv_all returns all keys that have a value.
-- inputs: instance
SELECT k.kv_key, CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END
FROM `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.instance_id = ?
  AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
ORDER BY k.kv_key;

-- read.stats counts the current history and the live keys of an instance.
-- inputs: instance
SELECT (
        SELECT COUNT(*)
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = i.instance_id
          AND h.execution_id = COALESCE(GREATEST(c.execution_id, 1), 1)
    ),
    CAST(COALESCE((
        SELECT SUM(LENGTH(h.data))
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = i.instance_id
          AND h.execution_id = COALESCE(GREATEST(c.execution_id, 1), 1)
    ), 0) AS SIGNED),
    (
        SELECT COUNT(*)
        FROM `§kv` AS k FORCE INDEX (PRIMARY)
        WHERE k.instance_id = i.instance_id
          AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
    ),
    CAST(COALESCE((
        SELECT SUM(LENGTH(CASE WHEN k.delta_state = 1 THEN k.delta_value ELSE k.store_value END))
        FROM `§kv` AS k FORCE INDEX (PRIMARY)
        WHERE k.instance_id = i.instance_id
          AND (k.delta_state = 1 OR (k.delta_state = 0 AND k.store_value IS NOT NULL))
    ), 0) AS SIGNED)
FROM `§instances` AS i FORCE INDEX (PRIMARY)
LEFT JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = i.instance_id
WHERE i.instance_id = ?;

-- read.first_event returns the event that started the current execution.
-- inputs: instance
SELECT h.data
FROM `§claims` AS c FORCE INDEX (PRIMARY)
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
    ON h.instance_id = c.instance_id
      AND h.execution_id = GREATEST(c.execution_id, 1)
      AND h.event_id = 1
WHERE c.instance_id = ?;

-- append.history appends events behind the engine's back; a duplicate is a unique violation.
-- inputs:  | instance, execution, event, data
-- the same for 128 rows
-- inputs:  | instance, execution, event, data
-- the same for 64 rows
-- inputs:  | instance, execution, event, data
-- the same for 32 rows
-- inputs:  | instance, execution, event, data
-- the same for 16 rows
-- inputs:  | instance, execution, event, data
-- the same for 8 rows
-- inputs:  | instance, execution, event, data
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS execution, ? AS event, ? AS data
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
    UNION ALL SELECT ?, ?, ?, ?
) AS r;
-- inputs:  | instance, execution, event, data
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS execution, ? AS event, ? AS data
    UNION ALL SELECT ?, ?, ?, ?
) AS r;
-- inputs:  | instance, execution, event, data
INSERT INTO `§history` (instance_id, execution_id, event_id, data)
SELECT r.instance, r.execution, r.event, r.data
FROM (
    SELECT ? AS instance, ? AS execution, ? AS event, ? AS data
) AS r;

-- append.touch makes every process forget the history it holds of an instance.
-- inputs: instance, incarnation
-- args: [1 0]
UPDATE `§claims` AS c FORCE INDEX (PRIMARY)
SET c.incarnation = ?,
    c.has_context = 1,
    c.version_class = CASE WHEN c.version_class = -1 THEN 0 ELSE c.version_class END,
    c.event_count = (
        SELECT COUNT(*)
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = GREATEST(c.execution_id, 1)
    )
WHERE c.instance_id = ?;

-- classes.put makes pinned versions and tags known.
-- inputs:  | kind, class, name
-- the same for 128 rows
-- inputs:  | kind, class, name
-- the same for 64 rows
-- inputs:  | kind, class, name
-- the same for 32 rows
-- inputs:  | kind, class, name
-- the same for 16 rows
-- inputs:  | kind, class, name
-- the same for 8 rows
-- inputs:  | kind, class, name
INSERT INTO `§classes` (kind, class, name)
SELECT r.kind, r.class, r.name
FROM (
    SELECT ? AS kind, ? AS class, ? AS name
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
    UNION ALL SELECT ?, ?, ?
) AS r
ON DUPLICATE KEY UPDATE kind = VALUES(kind);
-- inputs:  | kind, class, name
INSERT INTO `§classes` (kind, class, name)
SELECT r.kind, r.class, r.name
FROM (
    SELECT ? AS kind, ? AS class, ? AS name
    UNION ALL SELECT ?, ?, ?
) AS r
ON DUPLICATE KEY UPDATE kind = VALUES(kind);
-- inputs:  | kind, class, name
INSERT INTO `§classes` (kind, class, name)
SELECT r.kind, r.class, r.name
FROM (
    SELECT ? AS kind, ? AS class, ? AS name
) AS r
ON DUPLICATE KEY UPDATE kind = VALUES(kind);

-- classes.list returns all pinned versions and tags.
-- inputs: 
SELECT t.kind, t.class, t.name
FROM `§classes` AS t
ORDER BY t.kind, t.class;

-- aside.put keeps a copy of items that cannot be decoded.
-- inputs: now | queue, instance, item, reason
-- the same for 128 rows
-- inputs: now | queue, instance, item, reason
-- the same for 64 rows
-- inputs: now | queue, instance, item, reason
-- the same for 32 rows
-- inputs: now | queue, instance, item, reason
-- the same for 16 rows
-- inputs: now | queue, instance, item, reason
-- the same for 8 rows
-- inputs: now | queue, instance, item, reason
INSERT INTO `§aside` (queue, instance_id, item, reason, set_aside_at)
SELECT r.queue, r.instance, r.item, r.reason, ?
FROM (
    SELECT 1 AS ord, ? AS queue, ? AS instance, ? AS item, ? AS reason
    UNION ALL SELECT 2, ?, ?, ?, ?
    UNION ALL SELECT 3, ?, ?, ?, ?
    UNION ALL SELECT 4, ?, ?, ?, ?
) AS r
ORDER BY r.ord;
-- inputs: now | queue, instance, item, reason
INSERT INTO `§aside` (queue, instance_id, item, reason, set_aside_at)
SELECT r.queue, r.instance, r.item, r.reason, ?
FROM (
    SELECT 1 AS ord, ? AS queue, ? AS instance, ? AS item, ? AS reason
    UNION ALL SELECT 2, ?, ?, ?, ?
) AS r
ORDER BY r.ord;
-- inputs: now | queue, instance, item, reason
INSERT INTO `§aside` (queue, instance_id, item, reason, set_aside_at)
SELECT r.queue, r.instance, r.item, r.reason, ?
FROM (
    SELECT 1 AS ord, ? AS queue, ? AS instance, ? AS item, ? AS reason
) AS r
ORDER BY r.ord;

-- aside.list returns the oldest items set aside.
-- inputs: limit
SELECT a.id, a.queue, a.instance_id, a.item, a.reason, a.set_aside_at
FROM `§aside` AS a
ORDER BY a.id
LIMIT ?;

-- aside.delete removes items set aside.
-- inputs:  | id
-- the same for 128 rows
-- inputs:  | id
-- the same for 64 rows
-- inputs:  | id
-- the same for 32 rows
-- inputs:  | id
-- the same for 16 rows
-- inputs:  | id
-- the same for 8 rows
-- inputs:  | id
DELETE a
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§aside` AS a FORCE INDEX (PRIMARY)
WHERE a.id = r.id;
-- inputs:  | id
DELETE a
FROM (
    SELECT ? AS id
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§aside` AS a FORCE INDEX (PRIMARY)
WHERE a.id = r.id;
-- inputs:  | id
DELETE a
FROM (
    SELECT ? AS id
) AS r
STRAIGHT_JOIN `§aside` AS a FORCE INDEX (PRIMARY)
WHERE a.id = r.id;

-- work.drop deletes held work that was set aside.
-- inputs:  | id, token
-- the same for 128 rows
-- inputs:  | id, token
-- the same for 64 rows
-- inputs:  | id, token
-- the same for 32 rows
-- inputs:  | id, token
-- the same for 16 rows
-- inputs:  | id, token
-- the same for 8 rows
-- inputs:  | id, token
DELETE w
FROM (
    SELECT ? AS id, ? AS token
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token;
-- inputs:  | id, token
DELETE w
FROM (
    SELECT ? AS id, ? AS token
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token;
-- inputs:  | id, token
DELETE w
FROM (
    SELECT ? AS id, ? AS token
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (PRIMARY)
WHERE w.id = r.id
  AND w.token = r.token;

-- list.instances returns all instances, the newest first.
-- inputs: 
SELECT i.instance_id
FROM `§instances` AS i
ORDER BY i.created_at DESC, i.instance_id;

-- list.by_status returns the instances whose current execution has a status, the newest first.
-- inputs: status
SELECT i.instance_id
FROM `§instances` AS i
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = i.instance_id
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
WHERE e.status = ?
ORDER BY i.created_at DESC, i.instance_id;

-- list.executions returns the executions of an instance.
-- inputs: instance
SELECT e.execution_id
FROM `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = ?
ORDER BY e.execution_id;

-- info.instance describes an instance.
-- inputs: instance
SELECT i.name, i.version, COALESCE(GREATEST(c.execution_id, 1), 1), e.status, e.output, i.created_at,
    i.updated_at, i.parent_id
FROM `§instances` AS i FORCE INDEX (PRIMARY)
LEFT JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = i.instance_id
LEFT JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
WHERE i.instance_id = ?;

-- info.execution describes an execution.
-- inputs: instance, execution
SELECT e.status, e.output, e.started_at, e.completed_at,
    (
        SELECT COUNT(*)
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = e.instance_id
          AND h.execution_id = e.execution_id
    )
FROM `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = ?
  AND e.execution_id = ?;

-- count.metrics counts what the store holds.
-- inputs: 
SELECT (
        SELECT COUNT(*)
        FROM `§instances` AS i
    ),
    (
        SELECT COUNT(*)
        FROM `§executions` AS e
    ),
    (
        SELECT COUNT(*)
        FROM `§executions` AS e FORCE INDEX (`executions_status_completed_at`)
        STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = e.instance_id
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = e.instance_id AND GREATEST(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Running'
    ),
    (
        SELECT COUNT(*)
        FROM `§executions` AS e FORCE INDEX (`executions_status_completed_at`)
        STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = e.instance_id
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = e.instance_id AND GREATEST(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Completed'
    ),
    (
        SELECT COUNT(*)
        FROM `§executions` AS e FORCE INDEX (`executions_status_completed_at`)
        STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = e.instance_id
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = e.instance_id AND GREATEST(c.execution_id, 1) = e.execution_id
        WHERE e.status = 'Failed'
    ),
    (
        SELECT COUNT(*)
        FROM `§history` AS h
    );

-- count.depths counts what waits in the queues, and why.
-- inputs: now
-- args: [0 0 0 0 0 0 0 0 0 0 0 0]
SELECT (
        SELECT COUNT(*)
        FROM `§messages` AS q
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = q.instance_id
        WHERE (c.version_class <> -1
                OR EXISTS (
                    SELECT 1
                    FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= ?
                      AND m.kind = 1
                ))
          AND q.visible_at <= ?
          AND (c.token IS NULL OR c.due <= ?)
    ),
    (
        SELECT COUNT(*)
        FROM `§messages` AS q
        WHERE q.visible_at > ?
    ),
    (
        SELECT COUNT(*)
        FROM `§messages` AS q
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = q.instance_id
        WHERE (c.version_class <> -1
                OR EXISTS (
                    SELECT 1
                    FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                    WHERE m.instance_id = c.instance_id
                      AND m.visible_at <= ?
                      AND m.kind = 1
                ))
          AND q.visible_at <= ?
          AND c.token IS NOT NULL
          AND c.due > ?
    ),
    (
        SELECT COUNT(*)
        FROM `§messages` AS q
        STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = q.instance_id
        WHERE q.visible_at <= ?
          AND c.version_class = -1
          AND NOT EXISTS (
                SELECT 1
                FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                WHERE m.instance_id = c.instance_id
                  AND m.visible_at <= ?
                  AND m.kind = 1
            )
    ),
    (
        SELECT COUNT(*)
        FROM `§work` AS w
        WHERE (w.route <> -1 OR w.due <= ?)
    ),
    (
        SELECT COUNT(*)
        FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
        WHERE w.route = -1
          AND w.due > ?
          AND w.token IS NULL
    ),
    (
        SELECT COUNT(*)
        FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
        WHERE w.route = -1
          AND w.due > ?
          AND w.token IS NOT NULL
    ),
    (
        SELECT COUNT(*)
        FROM `§aside` AS a
    );

-- family.children returns the direct children of parents with a record, the oldest first.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
SELECT i.parent_id, i.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§instances` AS p FORCE INDEX (PRIMARY) ON p.instance_id = r.instance
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (`instances_parent_id`) ON i.parent_id = p.instance_id
ORDER BY i.created_at, i.instance_id;
-- inputs:  | instance
SELECT i.parent_id, i.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§instances` AS p FORCE INDEX (PRIMARY) ON p.instance_id = r.instance
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (`instances_parent_id`) ON i.parent_id = p.instance_id
ORDER BY i.created_at, i.instance_id;
-- inputs:  | instance
SELECT i.parent_id, i.instance_id
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§instances` AS p FORCE INDEX (PRIMARY) ON p.instance_id = r.instance
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (`instances_parent_id`) ON i.parent_id = p.instance_id
ORDER BY i.created_at, i.instance_id;

-- family.parent returns an instance's parent and whether that has a record.
-- inputs: instance
SELECT i.parent_id, CAST(CASE WHEN p.instance_id IS NOT NULL THEN 1 ELSE 0 END AS SIGNED)
FROM `§instances` AS i FORCE INDEX (PRIMARY)
LEFT JOIN `§instances` AS p FORCE INDEX (PRIMARY) ON p.instance_id = i.parent_id
WHERE i.instance_id = ?;

-- delete.running tells which instances are running.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
SELECT c.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = r.instance
WHERE e.status = 'Running';
-- inputs:  | instance
SELECT c.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = r.instance
WHERE e.status = 'Running';
-- inputs:  | instance
SELECT c.instance_id
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = r.instance
WHERE e.status = 'Running';

-- delete.sessions makes the next claim look at the sessions of the work to delete.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS instance
        UNION ALL SELECT ?
        UNION ALL SELECT ?
        UNION ALL SELECT ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs:  | instance
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS instance
        UNION ALL SELECT ?
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;
-- inputs:  | instance
UPDATE (
    SELECT DISTINCT w.session_id, w.tag_class
    FROM (
        SELECT ? AS instance
    ) AS r
    STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`) ON w.instance_id = r.instance
) AS p
STRAIGHT_JOIN `§sessions` AS s FORCE INDEX (PRIMARY)
SET s.due = 0
WHERE s.session_id = p.session_id
  AND s.tag_class = p.tag_class;

-- delete.pending_starts deletes starts of children that have no record yet.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
WHERE m.parent_id = r.instance
  AND m.kind = 1
  AND NOT EXISTS (
        SELECT 1
        FROM `§instances` AS i FORCE INDEX (PRIMARY)
        WHERE i.instance_id = m.instance_id
    );
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
WHERE m.parent_id = r.instance
  AND m.kind = 1
  AND NOT EXISTS (
        SELECT 1
        FROM `§instances` AS i FORCE INDEX (PRIMARY)
        WHERE i.instance_id = m.instance_id
    );
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
WHERE m.parent_id = r.instance
  AND m.kind = 1
  AND NOT EXISTS (
        SELECT 1
        FROM `§instances` AS i FORCE INDEX (PRIMARY)
        WHERE i.instance_id = m.instance_id
    );

-- delete.pending_start_targets returns the instances of those starts.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
SELECT DISTINCT m.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
    ON m.parent_id = r.instance
      AND m.kind = 1
      AND NOT EXISTS (
            SELECT 1
            FROM `§instances` AS i FORCE INDEX (PRIMARY)
            WHERE i.instance_id = m.instance_id
        );
-- inputs:  | instance
SELECT DISTINCT m.instance_id
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
    ON m.parent_id = r.instance
      AND m.kind = 1
      AND NOT EXISTS (
            SELECT 1
            FROM `§instances` AS i FORCE INDEX (PRIMARY)
            WHERE i.instance_id = m.instance_id
        );
-- inputs:  | instance
SELECT DISTINCT m.instance_id
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_parent_id`)
    ON m.parent_id = r.instance
      AND m.kind = 1
      AND NOT EXISTS (
            SELECT 1
            FROM `§instances` AS i FORCE INDEX (PRIMARY)
            WHERE i.instance_id = m.instance_id
        );

-- delete.history deletes what instances have in history.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE h
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance;
-- inputs:  | instance
DELETE h
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance;
-- inputs:  | instance
DELETE h
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance;

-- delete.executions deletes what instances have in executions.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE e
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance;
-- inputs:  | instance
DELETE e
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance;
-- inputs:  | instance
DELETE e
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance;

-- delete.messages deletes what instances have in messages.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance;
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance;
-- inputs:  | instance
DELETE m
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = r.instance;

-- delete.work deletes what instances have in work.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE w
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance;
-- inputs:  | instance
DELETE w
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance;
-- inputs:  | instance
DELETE w
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§work` AS w FORCE INDEX (`work_instance_id_execution_id_activity_id`)
WHERE w.instance_id = r.instance;

-- delete.kv deletes what instances have in kv.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE k
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.instance_id = r.instance;
-- inputs:  | instance
DELETE k
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.instance_id = r.instance;
-- inputs:  | instance
DELETE k
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§kv` AS k FORCE INDEX (PRIMARY)
WHERE k.instance_id = r.instance;

-- delete.instances deletes what instances have in instances.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE i
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
WHERE i.instance_id = r.instance;
-- inputs:  | instance
DELETE i
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
WHERE i.instance_id = r.instance;
-- inputs:  | instance
DELETE i
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY)
WHERE i.instance_id = r.instance;

-- delete.claims deletes what instances have in claims.
-- inputs:  | instance
-- the same for 128 rows
-- inputs:  | instance
-- the same for 64 rows
-- inputs:  | instance
-- the same for 32 rows
-- inputs:  | instance
-- the same for 16 rows
-- inputs:  | instance
-- the same for 8 rows
-- inputs:  | instance
DELETE c
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
    UNION ALL SELECT ?
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
WHERE c.instance_id = r.instance;
-- inputs:  | instance
DELETE c
FROM (
    SELECT ? AS instance
    UNION ALL SELECT ?
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
WHERE c.instance_id = r.instance;
-- inputs:  | instance
DELETE c
FROM (
    SELECT ? AS instance
) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY)
WHERE c.instance_id = r.instance;

-- bulk.deletable returns ended roots, those that ended first.
-- inputs: before, limit
SELECT i.instance_id
FROM `§executions` AS e
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = e.instance_id AND GREATEST(c.execution_id, 1) = e.execution_id
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = c.instance_id
WHERE (e.status = 'Completed' OR e.status = 'Failed')
  AND e.completed_at < ?
  AND (i.parent_id IS NULL
        OR NOT EXISTS (
            SELECT 1
            FROM `§instances` AS p FORCE INDEX (PRIMARY)
            WHERE p.instance_id = i.parent_id
        ))
ORDER BY e.completed_at, i.instance_id
LIMIT ?;

-- bulk.deletable_among returns ended roots among some instances, those that ended first.
-- inputs: before, limit | instance
-- args: [2 0 1]
SELECT i.instance_id
FROM JSON_TABLE(?, '$[*]' COLUMNS (instance VARCHAR(1024) PATH '$')) AS r
STRAIGHT_JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = r.instance
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = c.instance_id
WHERE (e.status = 'Completed' OR e.status = 'Failed')
  AND e.completed_at < ?
  AND (i.parent_id IS NULL
        OR NOT EXISTS (
            SELECT 1
            FROM `§instances` AS p FORCE INDEX (PRIMARY)
            WHERE p.instance_id = i.parent_id
        ))
ORDER BY e.completed_at, i.instance_id
LIMIT ?;

-- bulk.prunable returns instances whose executions may be pruned.
-- inputs: before, limit
-- args: [0 0 1]
SELECT i.instance_id
FROM `§instances` AS i
LEFT JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = i.instance_id
LEFT JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
WHERE (? >= 4611686018427387904 OR e.completed_at < ?)
ORDER BY i.instance_id
LIMIT ?;

-- bulk.prunable_among returns instances whose executions may be pruned, among some.
-- inputs: before, limit | instance
-- args: [2 0 0 1]
SELECT i.instance_id
FROM JSON_TABLE(?, '$[*]' COLUMNS (instance VARCHAR(1024) PATH '$')) AS r
STRAIGHT_JOIN `§instances` AS i FORCE INDEX (PRIMARY) ON i.instance_id = r.instance
LEFT JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = i.instance_id
LEFT JOIN `§executions` AS e FORCE INDEX (PRIMARY) ON e.instance_id = c.instance_id AND e.execution_id = GREATEST(c.execution_id, 1)
WHERE (? >= 4611686018427387904 OR e.completed_at < ?)
ORDER BY i.instance_id
LIMIT ?;

-- prune.candidates returns an instance's executions, the newest first.
-- inputs: instance
SELECT e.execution_id, e.status, e.completed_at
FROM `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = ?
ORDER BY e.execution_id DESC;

-- prune.history deletes the events of executions.
-- inputs:  | instance, execution
-- the same for 128 rows
-- inputs:  | instance, execution
-- the same for 64 rows
-- inputs:  | instance, execution
-- the same for 32 rows
-- inputs:  | instance, execution
-- the same for 16 rows
-- inputs:  | instance, execution
-- the same for 8 rows
-- inputs:  | instance, execution
DELETE h
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance
  AND h.execution_id = r.execution;
-- inputs:  | instance, execution
DELETE h
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance
  AND h.execution_id = r.execution;
-- inputs:  | instance, execution
DELETE h
FROM (
    SELECT ? AS instance, ? AS execution
) AS r
STRAIGHT_JOIN `§history` AS h FORCE INDEX (PRIMARY)
WHERE h.instance_id = r.instance
  AND h.execution_id = r.execution;

-- prune.executions deletes the records of executions.
-- inputs:  | instance, execution
-- the same for 128 rows
-- inputs:  | instance, execution
-- the same for 64 rows
-- inputs:  | instance, execution
-- the same for 32 rows
-- inputs:  | instance, execution
-- the same for 16 rows
-- inputs:  | instance, execution
-- the same for 8 rows
-- inputs:  | instance, execution
DELETE e
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution;
-- inputs:  | instance, execution
DELETE e
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution;
-- inputs:  | instance, execution
DELETE e
FROM (
    SELECT ? AS instance, ? AS execution
) AS r
STRAIGHT_JOIN `§executions` AS e FORCE INDEX (PRIMARY)
WHERE e.instance_id = r.instance
  AND e.execution_id = r.execution;

-- prune.insert_execution stores records of completed executions; the pointers stay, as no method leaves them.
-- inputs: now | instance, execution
-- the same for 128 rows
-- inputs: now | instance, execution
-- the same for 64 rows
-- inputs: now | instance, execution
-- the same for 32 rows
-- inputs: now | instance, execution
-- the same for 16 rows
-- inputs: now | instance, execution
-- the same for 8 rows
-- inputs: now | instance, execution
-- args: [0 0 1 2 3 4 5 6 7 8]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at, completed_at)
SELECT r.instance, r.execution, 'Completed', ?, ?
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
    UNION ALL SELECT ?, ?
) AS r;
-- inputs: now | instance, execution
-- args: [0 0 1 2 3 4]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at, completed_at)
SELECT r.instance, r.execution, 'Completed', ?, ?
FROM (
    SELECT ? AS instance, ? AS execution
    UNION ALL SELECT ?, ?
) AS r;
-- inputs: now | instance, execution
-- args: [0 0 1 2]
INSERT INTO `§executions` (instance_id, execution_id, status, started_at, completed_at)
SELECT r.instance, r.execution, 'Completed', ?, ?
FROM (
    SELECT ? AS instance, ? AS execution
) AS r;

-- purge.parked deletes visible messages of instances without context.
-- inputs: now
-- args: [0 0]
DELETE m
FROM (
    SELECT c.instance_id
    FROM `§claims` AS c FORCE INDEX (`claims_version_class_due_seq`)
    WHERE c.version_class = -1
      AND NOT EXISTS (
            SELECT 1
            FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
            WHERE m.instance_id = c.instance_id
              AND m.visible_at <= ?
              AND m.kind = 1
        )
    FOR UPDATE SKIP LOCKED
) AS p
STRAIGHT_JOIN `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
WHERE m.instance_id = p.instance_id
  AND m.visible_at <= ?;

-- check.claims finds claim rows that are due at a wrong time or of a wrong class.
-- inputs: 
SELECT c.instance_id,
    CASE
        WHEN c.version_class = -1 THEN 'has context but the class of rows without'
        WHEN c.token IS NULL THEN 'not due when its earliest message becomes visible'
        ELSE 'locked and never due'
    END
FROM `§claims` AS c
WHERE ((c.version_class = -1 AND c.has_context = 1)
        OR (c.version_class <> -1
            AND c.token IS NULL
            AND c.due <> COALESCE((
                SELECT m.visible_at
                FROM `§messages` AS m FORCE INDEX (`messages_instance_id_visible_at`)
                WHERE m.instance_id = c.instance_id
                ORDER BY m.instance_id, m.visible_at
                LIMIT 1
            ), 4611686018427387904))
        OR (c.token IS NOT NULL AND c.due >= 4611686018427387904))
ORDER BY c.instance_id;

-- check.messages finds messages without a claim row.
-- inputs: 
SELECT DISTINCT m.instance_id
FROM `§messages` AS m
LEFT JOIN `§claims` AS c FORCE INDEX (PRIMARY) ON c.instance_id = m.instance_id
WHERE c.instance_id IS NULL
ORDER BY m.instance_id;

-- check.events finds claim rows that count events wrongly.
-- inputs: 
SELECT c.instance_id, c.event_count,
    (
        SELECT COUNT(*)
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = GREATEST(c.execution_id, 1)
    )
FROM `§claims` AS c
WHERE c.event_count <> (
        SELECT COUNT(*)
        FROM `§history` AS h FORCE INDEX (PRIMARY)
        WHERE h.instance_id = c.instance_id
          AND h.execution_id = GREATEST(c.execution_id, 1)
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
                FROM `§sessions` AS s FORCE INDEX (PRIMARY)
                WHERE s.session_id = w.session_id
                  AND s.tag_class = w.tag_class
                  AND s.head = w.id
                  AND w.route = 2305843009213693952 + w.tag_class
            ) THEN 'ready on a route that is not its own'
        WHEN w.route = -1 THEN 'waits for nothing'
        ELSE 'ready and due later'
    END
FROM `§work` AS w
WHERE ((w.route = -1 AND w.due = 0)
        OR (w.route <> -1 AND w.due <> 0)
        OR (w.route <> -1
            AND w.route <> w.home
            AND NOT EXISTS (
                SELECT 1
                FROM `§sessions` AS s FORCE INDEX (PRIMARY)
                WHERE s.session_id = w.session_id
                  AND s.tag_class = w.tag_class
                  AND s.head = w.id
                  AND w.route = 2305843009213693952 + w.tag_class
            )))
ORDER BY w.id;

-- check.locks returns what is locked now.
-- inputs: now
-- args: [0 0]
SELECT 'instance', c.instance_id
FROM `§claims` AS c
WHERE c.token IS NOT NULL
  AND c.due > ?
UNION ALL
SELECT 'work', CAST(w.id AS CHAR)
FROM `§work` AS w FORCE INDEX (`work_route_due_id`)
WHERE w.route = -1
  AND w.token IS NOT NULL
  AND w.due > ?;

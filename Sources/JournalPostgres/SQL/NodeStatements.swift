/// Who is there, and who holds which account and which slot.
extension Statement {
    // MARK: Nodes

    /// $1 node, $2 its name, $3 version, $4 format, $5 digest of the routes, $6 the lease in milliseconds.
    static let registerNode = Statement(
        """
        INSERT INTO nodes(node, name, version, format, routes, expires_at)
        VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms')
        """
    )

    /// $1 node, $2 the lease in milliseconds, $3 digest of the routes. No row: the node was buried. Returns whether it must release what it
    /// has, and the database's time.
    static let heartbeat = Statement(
        """
        UPDATE nodes SET expires_at = now() + $2 * interval '1 ms', routes = $3 WHERE node = $1
        RETURNING draining, (extract(epoch FROM clock_timestamp()) * 1000)::int8
        """
    )

    /// Takes silent nodes off the list. Waits for a heartbeat that is being committed, and looks again then. $1 the node that does so: nobody
    /// has taken what it held, so that its own next heartbeat renews it.
    static let bury = Statement("DELETE FROM nodes WHERE expires_at <= now() AND node <> $1 RETURNING node, name")

    /// $1 node. No row: it was buried.
    static let findNode = read("SELECT 1 FROM nodes WHERE node = $1")

    /// $1 node.
    static let leave = Statement("DELETE FROM nodes WHERE node = $1")

    /// Frees what nodes held that are not on the list. The next node that runs these makes good what another one left undone.
    static let freeWhatTheBuriedHeld: [Statement] = ["slots", "accounts", "duties", "parity_runs"].map { table in
        Statement(
            """
            UPDATE \(table) SET node = NULL, epoch = epoch + 1
            WHERE node IS NOT NULL AND NOT EXISTS (SELECT FROM nodes n WHERE n.node = \(table).node)
            """
        )
    }

    // MARK: Slots

    /// $1 node. No row: none is free, or the node was buried.
    static let takeSlot = Statement(
        """
        WITH me AS MATERIALIZED (SELECT node FROM nodes WHERE node = $1 FOR KEY SHARE),
        free AS MATERIALIZED (
            SELECT slot FROM slots WHERE node IS NULL AND slot > 0 ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED)
        UPDATE slots SET node = me.node, epoch = epoch + 1 FROM me, free WHERE slots.slot = free.slot
        RETURNING slots.slot, slots.epoch
        """
    )

    /// $1 slot, $2 epoch, $3 node. Gives a slot that the node holds another epoch, which it returns. No row: the node has lost the slot. It
    /// waits for the append that has the row locked; those that have not locked it yet find another epoch. It may run twice, and even late.
    static let renewSlot = Statement(
        "UPDATE slots SET epoch = $2 + 1 WHERE slot = $1 AND epoch IN ($2, $2 + 1) AND node = $3 RETURNING epoch"
    )

    /// Adds a slot that nobody has. The largest possible is 1023.
    static let addSlot = Statement(
        """
        INSERT INTO slots(slot) SELECT coalesce(max(slot), 0) + 1 FROM slots HAVING coalesce(max(slot), 0) < 1023
        ON CONFLICT DO NOTHING
        """
    )

    /// $1 node. The slots that it holds, under which epochs.
    static let readSlotsOfNode = read("SELECT slot, epoch FROM slots WHERE node = $1")

    /// $1 slot, $2 epoch, $3 node. Leaves the slot to others.
    static let releaseSlot = Statement(
        "UPDATE slots SET node = NULL, epoch = epoch + 1 WHERE slot = $1 AND epoch = $2 AND node = $3 RETURNING slot"
    )

    /// $1 node. Waits for appends that are in flight; later ones are refused.
    static let releaseSlots = Statement("UPDATE slots SET node = NULL, epoch = epoch + 1 WHERE node = $1")

    // MARK: Accounts

    /// $1 node, $2 account. Takes an account that is free, or that the node has already, under a new epoch. No row: somebody else has it, or
    /// the node was buried.
    static let takeAccount = Statement(
        """
        WITH me AS MATERIALIZED (SELECT node FROM nodes WHERE node = $1 FOR KEY SHARE)
        UPDATE accounts SET node = me.node, epoch = epoch + 1, taken_at = now() FROM me
        WHERE number = $2 AND (accounts.node IS NULL OR accounts.node = me.node) RETURNING epoch
        """
    )

    /// $1 node, $2 account. The same for an account that nobody has.
    static let takeFreeAccount = Statement(
        """
        WITH me AS MATERIALIZED (SELECT node FROM nodes WHERE node = $1 FOR KEY SHARE)
        UPDATE accounts SET node = me.node, epoch = epoch + 1, taken_at = now() FROM me
        WHERE number = $2 AND accounts.node IS NULL RETURNING epoch
        """
    )

    /// $1 node. What it holds, under which epochs.
    static let readAccountsOfNode = read("SELECT number, epoch FROM accounts WHERE node = $1")

    /// $1 account, $2 epoch, $3 node. Leaves the account to others.
    static let releaseAccount = Statement(
        "UPDATE accounts SET node = NULL, epoch = epoch + 1 WHERE number = $1 AND epoch = $2 AND node = $3 RETURNING name"
    )

    /// Accounts with their holders, and for those of lanes their provider's; the nodes that can deliver; what makes owners look at rows.
    static let readHolders = read(
        """
        SELECT a.number, a.epoch, a.node, l.provider, coalesce(n.number, 0),
            (SELECT count(*) FROM nodes WHERE NOT draining)
        FROM accounts a LEFT JOIN lanes l ON l.account = a.number LEFT JOIN nudges n ON n.account = a.number
        ORDER BY a.number
        """
    )
}

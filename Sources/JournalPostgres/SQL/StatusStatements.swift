/// What operators ask about a journal, and what they decide about nodes.
extension Statement {
    private static func milliseconds(_ time: String) -> String { "(extract(epoch FROM \(time)) * 1000)::int8" }

    /// The nodes by name, with how many accounts and slots each holds.
    static let readNodes = read(
        """
        SELECT n.node, n.name, n.version, n.format, \(milliseconds("n.started_at")),
            \(milliseconds("n.expires_at - now()")), n.draining, n.routes,
            (SELECT count(*) FROM accounts a WHERE a.node = n.node), (SELECT count(*) FROM slots s WHERE s.node = n.node)
        FROM nodes n ORDER BY n.name, n.started_at, n.node
        """
    )

    /// What the owners of accounts have reported under the leases that they have now, by node.
    static let readNodeReports = read(
        """
        SELECT a.node, sum(r.waiting)::int8, min(r.oldest) FROM accounts a JOIN reports r ON r.account = a.number AND r.epoch = a.epoch
        WHERE a.node IS NOT NULL GROUP BY a.node
        """
    )

    /// $1 name, $2 whether nodes of that name give back what they hold.
    static let drain = Statement("UPDATE nodes SET draining = $2 WHERE name = $1")

    static let readAccountHolders = read(
        """
        SELECT a.number, a.name, a.epoch, n.name, \(milliseconds("a.taken_at"))
        FROM accounts a LEFT JOIN nodes n ON n.node = a.node ORDER BY a.name
        """
    )

    static let readSlotHolders = read(
        "SELECT s.slot, s.epoch, n.name FROM slots s LEFT JOIN nodes n ON n.node = s.node ORDER BY s.slot"
    )

    static let readDuties = read(
        "SELECT d.name, n.name FROM duties d LEFT JOIN nodes n ON n.node = d.node ORDER BY d.name"
    )

    /// The parts of the identities, with their size as far as statistics tell.
    static let readPartSizes = read(
        """
        SELECT p.number, p.state, \(milliseconds("p.opened_at")), greatest(0, coalesce(c.reltuples, 0))::int8,
            coalesce(pg_total_relation_size(c.oid), 0), p.has_filter
        FROM identity_parts p LEFT JOIN pg_class c ON c.oid = to_regclass('identities_' || p.number) ORDER BY p.number
        """
    )

    /// The tables of the schema $1, whether each is a partition, how many rows it has as far as statistics tell, and its size with indexes.
    static let readTableSizes = read(
        """
        SELECT c.relname::text, c.relispartition, greatest(0, c.reltuples)::int8, pg_total_relation_size(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname
        """
    )
}

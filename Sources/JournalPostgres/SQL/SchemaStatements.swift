/// Changing the journal's tables.
extension Statement {
    /// Enters a node that only changes the tables, or renews its lease; also when it was buried meanwhile. $1 node, $2 its name, $3 version,
    /// $4 format, $5 digest of the routes, $6 the lease in milliseconds.
    static let registerUpgrade = Statement(
        """
        INSERT INTO nodes(node, name, version, format, routes, expires_at, draining)
        VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms', true)
        ON CONFLICT (node) DO UPDATE SET expires_at = excluded.expires_at
        """
    )

    /// Without effect on a node that was buried. $1 node, $2 the lease in milliseconds.
    static let renewUpgrade = Statement("UPDATE nodes SET expires_at = now() + $2 * interval '1 ms' WHERE node = $1")

    /// The lowest format that a node knows; NULL if there is none.
    static let readLowestFormat = read("SELECT min(format) FROM nodes")
}

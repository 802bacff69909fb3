/// What numbers in the journal stand for.
extension Statement {
    static let readOrigins = read("SELECT number, tenant, client FROM origins ORDER BY number")
    static let readPlans = read("SELECT number, encoded FROM plans ORDER BY number")
    static let countNames = read("SELECT (SELECT count(*) FROM origins), (SELECT count(*) FROM accounts)")
    static let readAccounts = read("SELECT number, name FROM accounts ORDER BY number")

    /// $1 tenants, $2 their clients.
    static let addOrigins = Statement(
        """
        INSERT INTO origins(tenant, client) SELECT o.tenant, o.client
        FROM unnest($1, $2) AS o(tenant, client) ORDER BY 1, 2 ON CONFLICT DO NOTHING
        """
    )

    /// $1 plans as JSON. Their accounts must be there before, so that whoever reads a plan can read those, too.
    static let addPlans = Statement(
        """
        INSERT INTO plans(digest, encoded) SELECT sha256(p.encoded), p.encoded
        FROM unnest($1) AS p(encoded) ORDER BY 1 ON CONFLICT DO NOTHING
        """
    )

    /// $1 names of accounts.
    static let addAccounts = Statement(
        "INSERT INTO accounts(name) SELECT a.name FROM unnest($1) AS a(name) ORDER BY 1 ON CONFLICT DO NOTHING"
    )
}

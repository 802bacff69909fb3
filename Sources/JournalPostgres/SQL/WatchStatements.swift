/// How far the watching of providers is.
extension Statement {
    /// $1 kind, $2 provider.
    static let readWatch = read("SELECT state FROM parity_watches WHERE kind = $1 AND provider = $2")

    /// $1 kind.
    static let readWatches = read("SELECT provider, state FROM parity_watches WHERE kind = $1")

    /// $1 kind, $2 provider, $3 state.
    static let saveWatch = Statement(
        """
        INSERT INTO parity_watches(kind, provider, state) VALUES($1, $2, $3)
        ON CONFLICT (kind, provider) DO UPDATE SET state = excluded.state
        """
    )
}

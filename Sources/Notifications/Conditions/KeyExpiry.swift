import Events

/// Clients that will soon have no key. A key that a longer one has replaced expires as planned.
enum KeyExpiry {
    static func conditions(_ keys: [MeasuredKey], warning: Duration, at now: Timestamp) -> [Condition] {
        Dictionary(grouping: keys, by: \.client).sorted { $0.key < $1.key }.compactMap { client, keys in
            guard let (id, end) = last(of: keys), end <= now + warning else { return nil }
            let verb = end <= now ? "expired" : "expires"
            return Condition(
                Condition.Key(.keyExpiry, client.rawValue),
                "The last key of the client \(client), \(id), \(verb) at \(end.rfc3339).",
                remedy: "`tollgate keys rotate \(client)` makes another one."
            )
        }
    }

    /// The key that is valid longest; nil if one never expires.
    private static func last(of keys: [MeasuredKey]) -> (id: String, end: Timestamp)? {
        var last: (id: String, end: Timestamp)?
        for key in keys {
            guard let end = key.expires else { return nil }
            if last.map({ end > $0.end }) ?? true { last = (key.id, end) }
        }
        return last
    }
}

import Events

/// How often names occur, and when.
struct NameCounts {
    private var summaries: [[UInt8]: EventNameSummary] = [:]

    mutating func add(_ name: [UInt8], count: Int, from first: Int64, to last: Int64) {
        let known = summaries[name]
        let (first, last) = (Timestamp(milliseconds: first), Timestamp(milliseconds: last))
        summaries[name] = EventNameSummary(
            name: known?.name ?? String(decoding: name, as: UTF8.self),
            count: (known?.count ?? 0) + count,
            firstSeen: min(known?.firstSeen ?? first, first),
            lastSeen: max(known?.lastSeen ?? last, last)
        )
    }

    /// In the order of the names' bytes.
    var sorted: [EventNameSummary] {
        summaries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}

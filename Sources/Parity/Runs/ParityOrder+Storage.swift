import JSON

/// The level of an order as it is kept: with the metrics, so that a comparison that continues elsewhere has them.
extension ParityOrder {
    /// `full`, or `usage` and the metrics.
    package var storedLevel: String { metrics.map { "\(level.rawValue) \($0.text)" } ?? level.rawValue }

    /// Reads ``storedLevel``.
    /// - Returns: nil for what another version has written.
    package static func level(stored text: String) -> (level: ParityLevel, metrics: UsageMetrics?)? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let word = parts.first, let level = ParityLevel(rawValue: String(word)) else { return nil }
        guard level == .usage else { return parts.count == 1 ? (level, nil) : nil }
        guard parts.count == 2, let document = JSONDocument(ifValid: Array(parts[1].utf8)) else { return nil }
        do { return (level, try UsageMetrics(parsing: document.root)) } catch { return nil }
    }
}

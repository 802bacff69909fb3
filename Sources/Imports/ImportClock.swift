import Events
package import OfRecord

/// Reads the times of a file.
package struct ImportClock: Sendable {
    private let zone: ZoneRules?

    /// - Parameter zone: of times without an offset; nil if there must be none.
    package init(zone: ZoneRules?) {
        self.zone = zone
    }

    /// Reads RFC 3339, Unix seconds, or a date with or without a time of day and without an offset.
    func timestamp(_ text: String) throws(RowFault) -> Timestamp {
        if let time = Timestamp(lenient: text) ?? Timestamp(unixSeconds: text) { return time }
        guard let local = Self.local(text) else {
            throw RowFault(
                message: "the timestamp \"\(Excerpt.of(text))\" is neither like 2027-01-31T09:00:00Z nor Unix seconds"
            )
        }
        guard let zone else {
            throw RowFault(
                message:
                    "the timestamp \"\(Excerpt.of(text))\" has no offset; add --timezone with the file's time zone, such as UTC"
            )
        }
        return zone.time(showing: local)
    }

    /// What clocks show, as though they showed UTC: `2027-01-31`, `2027-01-31 09:00`, `2027-01-31T09:00:00.5`.
    private static func local(_ text: String) -> Timestamp? {
        switch text.utf8.count {
        case 10: Timestamp(rfc3339: text + "T00:00:00Z")
        case 16: Timestamp(rfc3339: text + ":00Z")
        default: Timestamp(rfc3339: text + "Z")
        }
    }
}

/// The id of an event that corrects another one: `void:evt-1`, `adjust-2-replace:evt-1`.
///
/// It is derived from what is corrected, so that the same correction made twice is one event.
package struct CorrectionID: Sendable, Equatable {
    /// What a correction does to an event.
    package enum Kind: String, Sendable, CaseIterable {
        /// Takes it back as a whole.
        case void
        /// Gives it other properties.
        case adjust
    }

    private static let replacement = "-replace"

    package let kind: Kind
    /// Counts the corrections of one kind of an event, from 1.
    package let number: Int
    /// Whether the event replaces the original at the vendor, instead of being counted beside it.
    package let replaces: Bool
    /// The event that is corrected.
    package let original: EventID

    /// - Parameter number: 1 for the first correction of this kind; must be positive.
    package init(_ kind: Kind, number: Int = 1, replaces: Bool, of original: EventID) {
        precondition(number > 0, "corrections are counted from 1")
        self.kind = kind
        self.number = number
        self.replaces = replaces
        self.original = original
    }

    /// - Returns: nil if the id does not have the form of a correction's.
    package init?(_ id: EventID) {
        guard let colon = id.rawValue.firstIndex(of: ":") else { return nil }
        var head = id.rawValue[..<colon]
        replaces = head.hasSuffix(Self.replacement)
        if replaces { head = head.dropLast(Self.replacement.count) }
        let parts = head.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.kind = kind
        if parts.count > 1 {
            guard let number = Int(parts[1]), number > 1, String(number) == parts[1] else { return nil }
            self.number = number
        } else {
            number = 1
        }
        original = EventID(String(id.rawValue[id.rawValue.index(after: colon)...]))
        guard !original.rawValue.isEmpty else { return nil }
    }

    /// The id of the correcting event.
    package var eventID: EventID {
        let counted = number == 1 ? "" : "-\(number)"
        return EventID("\(kind.rawValue)\(counted)\(replaces ? Self.replacement : ""):\(original)")
    }
}

/// The id of an event that corrects another one: `correction:evt-1`, `correction-2:evt-1`.
///
/// It is derived from what is corrected, and says nothing of how: of several corrections that were planned from the same state, by
/// whichever gateway and of whichever kind, the journal stores one. Earlier versions wrote the kind into the id, `void:evt-1` or
/// `adjust-2-replace:evt-1`, which is still read.
package struct CorrectionID: Sendable, Equatable {
    /// What a correction does to an event.
    package enum Kind: String, Sendable, CaseIterable {
        /// Takes it back as a whole.
        case void
        /// Gives it other properties.
        case adjust
    }

    private static let head = "correction"
    /// In earlier ids, for corrections that replace the original at the vendor.
    private static let replacement = "-replace"

    /// Counts the corrections of an event, from 1; in ids of earlier versions, those of its kind.
    package let number: Int
    /// The event that is corrected.
    package let original: EventID
    /// What the id itself says of its kind, as earlier versions wrote it.
    package let earlierKind: Kind?
    /// The id of the correcting event.
    package let eventID: EventID

    /// - Parameter number: 1 for the first correction of the event; must be positive.
    package init(number: Int = 1, of original: EventID) {
        self.init(Self.head, nil, number: number, of: original)
    }

    private init(_ head: String, suffix: String = "", _ kind: Kind?, number: Int, of original: EventID) {
        precondition(number > 0, "corrections are counted from 1")
        self.number = number
        self.original = original
        earlierKind = kind
        eventID = EventID("\(head)\(number == 1 ? "" : "-\(number)")\(suffix):\(original)")
    }

    /// - Returns: nil if the id does not have the form of a correction's.
    package init?(_ id: EventID) {
        let text = id.rawValue
        // By bytes: a colon that an accent follows is no colon to `String`.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var head = text[..<colon]
        let replaces = head.hasSuffix(Self.replacement)
        if replaces { head = head.dropLast(Self.replacement.count) }
        let parts = head.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        earlierKind = Kind(rawValue: String(parts[0]))
        guard earlierKind != nil || (parts[0] == Self.head && !replaces) else { return nil }
        if parts.count > 1 {
            guard let number = Int(parts[1]), number > 1, String(number) == parts[1] else { return nil }
            self.number = number
        } else {
            number = 1
        }
        original = EventID(String(text[text.utf8.index(after: colon)...]))
        guard !original.rawValue.isEmpty else { return nil }
        eventID = id
    }

    /// The ids that corrections of an event with this number may have: today's, then those of earlier versions.
    package static func all(number: Int, of original: EventID) -> [CorrectionID] {
        let earlier = Kind.allCases.flatMap { kind in
            ["", replacement].map {
                CorrectionID(kind.rawValue, suffix: $0, kind, number: number, of: original)
            }
        }
        return [CorrectionID(number: number, of: original)] + earlier
    }
}

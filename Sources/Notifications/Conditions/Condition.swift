/// Something that is not as it should be now.
package struct Condition: Sendable, Equatable {
    /// What tells one condition from another.
    package struct Key: Sendable, Hashable, Comparable {
        package let kind: NotificationKind
        /// What it is about: a provider, a client, or the data folder.
        package let subject: String

        package init(_ kind: NotificationKind, _ subject: String) {
            self.kind = kind
            self.subject = subject
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.kind, left.subject) < (right.kind, right.subject)
        }
    }

    package let key: Key
    /// One sentence for people, of one line.
    package let summary: String
    /// What to do about it, of one line.
    package let remedy: String

    /// Turns both texts into single lines, because some formats have no others.
    package init(_ key: Key, _ summary: String, remedy: String) {
        self.key = key
        self.summary = SingleLine.text(summary)
        self.remedy = SingleLine.text(remedy)
    }
}

/// What is not as it should be, as far as this gateway is the one that reports it.
package struct Conditions: Sendable, Equatable {
    /// Each key once.
    package var list: [Condition]
    /// Providers that another gateway reports on now.
    package var providersElsewhere: Set<String>
    /// Kinds that another gateway reports on now.
    package var kindsElsewhere: Set<NotificationKind>

    package init(
        _ list: [Condition] = [],
        providersElsewhere: Set<String> = [],
        kindsElsewhere: Set<NotificationKind> = []
    ) {
        self.list = list
        self.providersElsewhere = providersElsewhere
        self.kindsElsewhere = kindsElsewhere
    }

    /// Whether another gateway reports on this.
    func isElsewhere(_ key: Condition.Key) -> Bool {
        if kindsElsewhere.contains(key.kind) { return true }
        return switch key.kind {
        case .parked, .circuitOpen, .deadLetters, .uncertain, .backlog, .memory, .lost, .canary:
            providersElsewhere.contains(key.subject)
        case .disk, .keyExpiry: false
        }
    }
}

/// Text from outside, such as a vendor's message, on one line of limited length.
enum SingleLine {
    private static let longest = 400

    static func text(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longest + 1).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: " "
            default: scalar
            }
        }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars.prefix(longest))
        return String(line) + (scalars.count > longest ? "…" : "")
    }
}

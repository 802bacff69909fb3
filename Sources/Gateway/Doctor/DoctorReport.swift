import JSON

/// The health of an installation, one line per part.
package struct DoctorReport: Sendable, Equatable {
    /// The health of a part.
    package enum Verdict: String, Sendable, Comparable, CaseIterable {
        case well
        /// It works, but needs attention, or could not be examined.
        case warning
        /// It does not work, or will soon stop working.
        case problem

        private var rank: Int {
            switch self {
            case .well: 0
            case .warning: 1
            case .problem: 2
            }
        }

        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    }

    /// The finding about one part.
    package struct Line: Sendable, Equatable {
        package let name: String
        package let verdict: Verdict
        /// What was found; if it is not well, how to fix it.
        package let text: String

        package init(_ name: String, _ verdict: Verdict, _ text: String) {
            self.name = name
            self.verdict = verdict
            self.text = text
        }
    }

    /// In a fixed order.
    package let lines: [Line]

    package init(_ lines: [Line]) {
        self.lines = lines
    }

    /// The verdict of the worst line.
    package var verdict: Verdict { lines.map(\.verdict).max() ?? .well }

    /// For programs.
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.member("verdict", string: verdict.rawValue)
        writer.key("parts")
        writer.beginArray()
        for line in lines {
            writer.beginObject()
            writer.member("name", string: line.name)
            writer.member("verdict", string: line.verdict.rawValue)
            writer.member("text", string: line.text)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

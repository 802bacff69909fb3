import Events
import JSON
package import Journal

/// Parts of the journal that a plan could not look at.
package struct UnreadableRanges: Sendable, Equatable {
    private var ranges: [ChunkDamage] = []
    private var others = 0

    /// Maximum number of ranges that are listed.
    package static let most = 100

    package init() {}

    /// Adds a part, unless it was added before.
    package mutating func add(_ damage: ChunkDamage) {
        guard !ranges.contains(damage) else { return }
        if ranges.count < Self.most { ranges.append(damage) } else { others += 1 }
    }

    /// Writes the members `unreadable` and `more_unreadable`.
    func writeMembers(to writer: inout JSONWriter) {
        writer.key("unreadable")
        writer.beginArray()
        for range in ranges {
            writer.beginObject()
            writer.member("first", integer: range.first.rawValue)
            writer.member("last", integer: range.last.rawValue)
            writer.member("reason", string: range.reason)
            writer.endObject()
        }
        writer.endArray()
        writer.member("more_unreadable", integer: others)
    }
}

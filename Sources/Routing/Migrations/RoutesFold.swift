import ConfigurationFile
package import Events
import JSON
package import OfRecord

/// Writes into the text of a `routes.json` what was ordered in a migration, and leaves everything else as it is.
package struct RoutesFold: Sendable, Equatable {
    /// Why nothing is written.
    package struct Fault: Error, Sendable, Equatable {
        /// For people.
        package let message: String
    }

    /// The file.
    package let text: [UInt8]
    /// What was changed, for people.
    package let changes: [String]

    /// - Parameters:
    ///   - delivery: what was ordered for the new provider; nil if nothing was.
    ///   - isClosed: whether the migration has ended, so that the old provider gets nothing.
    package init(
        _ bytes: [UInt8],
        migration name: MigrationName,
        delivery: MigrationEntry.Delivery?,
        isClosed: Bool
    ) throws(Fault) {
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes) } catch {
            throw Fault(message: "the file is not JSON: \(error)")
        }
        guard let migrations = document.root["migrations"], let migration = migrations[name.rawValue],
            let route = migration["route"]?.string, let from = migration["from"]?.string,
            let to = migration["to"]?.string
        else { throw Fault(message: "the file has no migration \"\(name)\"") }
        guard from != to else {
            throw Fault(message: "the migration \"\(name)\" has \"\(from)\" as its old and as its new provider")
        }
        guard let routes = document.root["routes"],
            let destinations = routes.elements.first(where: { $0["name"]?.string == route })?["to"]
        else { throw Fault(message: "the file has no route \"\(route)\"") }
        var edits = TextEdits(bytes)
        var changes: [String] = []
        let new = destinations.elements.filter { $0["provider"]?.string == to }
        let old = destinations.elements.filter { $0["provider"]?.string == from }
        guard !new.isEmpty, !old.isEmpty else {
            throw Fault(message: "the route \"\(route)\" does not have both providers of the migration")
        }
        if isClosed {
            let isPrimary = old.contains { Self.mode(of: $0) == .primary }
            for destination in new where isPrimary && Self.mode(of: destination) != .primary {
                edits.setMode(.primary, of: destination)
                changes.append("\(to) is primary on the route \(route)")
            }
            edits.remove(old.map(\.byteRange), of: destinations.elements.map(\.byteRange))
            changes.append("\(from) is no destination of the route \(route)")
            edits.remove(migration: name.rawValue, of: migrations, in: document.root)
            changes.append("the migration \(name) is removed")
        } else if let delivery {
            for destination in new {
                let mode = Self.mode(of: destination).changed(by: delivery)
                guard mode != Self.mode(of: destination) else { continue }
                edits.setMode(mode, of: destination)
                changes.append("\(to) has the mode \(mode.rawValue) on the route \(route)")
            }
        }
        text = edits.text
        self.changes = changes
    }

    private static func mode(of destination: JSONValue) -> DeliveryMode {
        destination["mode"]?.string.flatMap(DeliveryMode.init) ?? .primary
    }
}

/// Replacements in a text.
private struct TextEdits {
    private let bytes: [UInt8]
    private var edits: [(range: Range<Int>, bytes: [UInt8])] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The text with all replacements.
    var text: [UInt8] {
        var (text, position): ([UInt8], Int) = ([], 0)
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            text += bytes[position..<edit.range.lowerBound] + edit.bytes
            position = edit.range.upperBound
        }
        return text + bytes[position...]
    }

    mutating func setMode(_ mode: DeliveryMode, of destination: JSONValue) {
        let new = Array("\"\(mode.rawValue)\"".utf8)
        if let written = destination["mode"] {
            edits.append((written.byteRange, new))
        } else if let last = destination.members.reversed().first {
            let end = last.value.byteRange.upperBound
            edits.append((end..<end, Array(", \"mode\": ".utf8) + new))
        }
    }

    /// Removes some of a container's items with their commas.
    /// - Parameter all: where the container's items are, in order.
    mutating func remove(_ removed: [Range<Int>], of all: [Range<Int>]) {
        for range in removed {
            guard let index = all.firstIndex(of: range) else { continue }
            // Up to the next one if one is kept behind it; else from the end of the one before.
            if all[(index + 1)...].contains(where: { !removed.contains($0) }) {
                edits.append((range.lowerBound..<all[index + 1].lowerBound, []))
            } else if index > 0 {
                edits.append((all[index - 1].upperBound..<range.upperBound, []))
            } else {
                edits.append((range, []))
            }
        }
    }

    /// Removes a migration, and the member `migrations` with the last one.
    mutating func remove(migration name: String, of migrations: JSONValue, in root: JSONValue) {
        let members = Array(migrations.members)
        let isOnly = members.count == 1
        let (container, removed) = isOnly ? (Array(root.members), "migrations") : (members, name)
        let ranges = container.map { $0.key.byteRange.lowerBound..<$0.value.byteRange.upperBound }
        let own = container.firstIndex { $0.hasName(removed) }.map { [ranges[$0]] } ?? []
        remove(own, of: ranges)
    }
}

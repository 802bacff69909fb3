import JSON

/// Differences of a finding as text.
package enum FindingText {
    /// A JSON array.
    package static func write(_ differences: [ContentDifference]) -> String {
        var writer = JSONWriter(capacity: 256)
        writer.beginArray()
        for difference in differences {
            writer.beginObject()
            writer.member("field", string: difference.field)
            writer.member("kind", string: difference.kind.rawValue)
            writer.member("sent", stringOrNull: difference.sent)
            writer.member("shown", stringOrNull: difference.shown)
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What stands in the text of differences of which one is of money, and perhaps in that of others.
    package static let moneyMark = "\"kind\":\"\(ContentDifference.Kind.money.rawValue)\""

    /// What ``write(_:)`` has written; nothing of what is no such text.
    package static func read(_ text: String) -> [ContentDifference] {
        guard let document = JSONDocument(ifValid: Array(text.utf8)) else { return [] }
        return document.root.elements.compactMap { item in
            guard let field = item["field"]?.string,
                let kind = item["kind"]?.string.flatMap(ContentDifference.Kind.init)
            else { return nil }
            return ContentDifference(field: field, kind: kind, sent: item["sent"]?.string, shown: item["shown"]?.string)
        }
    }
}

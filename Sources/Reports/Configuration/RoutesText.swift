import JSON

/// The text of `routes.json` for people who may see the routes, but no secret.
package enum RoutesText {
    /// Stands for a value that is left out.
    package static let redacted = "[redacted]"

    /// Members whose value is a key, or the digest of one.
    private static let secrets: Set<String> = ["inline", "key_sha256", "sha256"]

    /// The text as it is, line by line, but for vendors' keys, the digests of clients' keys, and the arguments of programs that print keys.
    /// - Parameter content: a file that was read as JSON; nothing is shown of any other.
    package static func withoutSecrets(_ content: [UInt8]) -> String {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: content).root
        } catch {
            return ""
        }
        var ranges: [Range<Int>] = []
        find(in: root, &ranges)
        var text: [UInt8] = []
        var position = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound >= position {
            text += content[position..<range.lowerBound]
            text += "\"\(redacted)\"".utf8
            position = range.upperBound
        }
        text += content[position...]
        return String(decoding: text, as: UTF8.self)
    }

    private static func find(in value: JSONValue, _ ranges: inout [Range<Int>]) {
        switch value.kind {
        case .object:
            for member in value.members {
                let name = member.name
                if secrets.contains(name) {
                    ranges.append(member.value.byteRange)
                } else if name == "command" {
                    ranges += member.value.elements.dropFirst().map(\.byteRange)
                } else {
                    find(in: member.value, &ranges)
                }
            }
        case .array:
            for element in value.elements { find(in: element, &ranges) }
        case .string, .number, .bool, .null: break
        }
    }
}

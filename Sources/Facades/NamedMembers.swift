import JSON

/// The fields that a vendor's reader looks for in an object, each with its name in JSON.
///
/// The raw values are the cases' indices.
protocol MemberName: RawRepresentable<Int>, CaseIterable {
    /// The names in the order of the cases: what ``spelled(_:)`` makes, kept in a static property.
    static var names: [StaticString] { get }
}

extension MemberName {
    /// The names of all cases. Where the rules are Go's, in lower case.
    static func spelled(_ name: (Self) -> StaticString) -> [StaticString] {
        precondition(allCases.count <= 64, "there is a bit for each name")
        return allCases.map(name)
    }

    /// The name in JSON.
    var text: StaticString { Self.names[rawValue] }
}

/// The members of an object that have one of a few names, found in one pass.
///
/// If a name occurs twice the last value counts, as in the vendors' own readers.
struct NamedMembers<Name: MemberName> {
    /// How a vendor's reader finds a field.
    enum Rules {
        /// Names match exactly, and a null is a value.
        case exact
        /// Go's `encoding/json`: names match in any case, and a null is as good as no member.
        case go
    }

    private let document: JSONDocument
    /// Of each name's value, in the document's list of nodes; 0 for one that is absent.
    private var indices: [Int]
    /// One bit a name that occurs more than once.
    private var repeats: UInt64 = 0

    /// - Parameter object: of another kind than an object, it has no members.
    init(of object: JSONValue, by rules: Rules = .exact) {
        document = object.document
        indices = [Int](repeating: 0, count: Name.names.count)
        guard object.kind == .object else { return }
        let names = Name.names
        document.bytes.withUnsafeBufferPointer { bytes in
            document.nodes.withUnsafeBufferPointer { nodes in
                var key = object.index + 1
                let end = Int(nodes[object.index].next)
                while key < end {
                    let (node, value) = (nodes[key], nodes[key + 1])
                    defer { key = Int(value.next) }
                    if rules == .go, value.kind == .null { continue }
                    if node.hasEscapes {
                        let name = Array((JSONValue(document: document, index: key).string ?? "").utf8)
                        name.withUnsafeBufferPointer { note($0, names, rules, at: key + 1) }
                    } else {
                        let name = bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)]
                        note(UnsafeBufferPointer(rebasing: name), names, rules, at: key + 1)
                    }
                }
            }
        }
    }

    /// The value of this field; nil if it is absent.
    subscript(name: Name) -> JSONValue? {
        let index = indices[name.rawValue]
        return index == 0 ? nil : JSONValue(document: document, index: index)
    }

    /// Whether this field occurs more than once.
    func isRepeated(_ name: Name) -> Bool { repeats & (1 << UInt64(name.rawValue)) != 0 }

    /// Records where a known member is; a later one of the same name wins, and the repetition is noted.
    private mutating func note(
        _ key: UnsafeBufferPointer<UInt8>,
        _ names: [StaticString],
        _ rules: Rules,
        at index: Int
    ) {
        guard let which = names.firstIndex(where: { Self.matches(key, $0, rules) }) else { return }
        if indices[which] != 0 { repeats |= 1 << UInt64(which) }
        indices[which] = index
    }

    /// Compares a key with a name, byte by byte; some vendors' readers ignore letter case.
    @inline(__always)
    private static func matches(_ key: UnsafeBufferPointer<UInt8>, _ name: StaticString, _ rules: Rules) -> Bool {
        let length = name.utf8CodeUnitCount
        guard key.count == length else { return false }
        for offset in 0..<length {
            let (byte, wanted) = (key[offset], name.utf8Start[offset])
            if byte == wanted { continue }
            // Such names hold lower-case letters and underscores only.
            guard rules == .go, byte | 0x20 == wanted, wanted != UInt8(ascii: "_") else { return false }
        }
        return true
    }
}

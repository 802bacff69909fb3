import JSON

/// The members of an object as Go's reader gives them to the fields of a type: names match whatever their case, null changes nothing,
/// and of a name that stands twice the last value counts.
struct FlexpriceMembers {
    private let document: JSONDocument
    /// In the order of the names; 0 for one that is absent or null.
    private var places: [Int]
    /// One bit a name that stands there more than once with a value.
    private var repeats: UInt64 = 0

    /// - Parameters:
    ///   - names: in lower case.
    ///   - object: of another kind than an object, it has no members.
    init(_ names: [StaticString], of object: JSONValue) {
        precondition(names.count <= 64, "there is a bit for each name")
        document = object.document
        places = [Int](repeating: 0, count: names.count)
        guard object.kind == .object else { return }
        document.bytes.withUnsafeBufferPointer { bytes in
            document.nodes.withUnsafeBufferPointer { nodes in
                var key = object.index + 1
                let end = Int(nodes[object.index].next)
                while key < end {
                    let node = nodes[key]
                    let next = Int(nodes[key + 1].next)
                    defer { key = next }
                    guard nodes[key + 1].kind != .null else { continue }
                    if node.hasEscapes {
                        let name = Array((JSONValue(document: document, index: key).string ?? "").utf8)
                        name.withUnsafeBufferPointer { note($0, names, at: key + 1) }
                    } else {
                        note(.init(rebasing: bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)]), names, at: key + 1)
                    }
                }
            }
        }
    }

    /// The value of the name with this index; nil if it is absent or null.
    subscript(which: Int) -> JSONValue? {
        places[which] == 0 ? nil : JSONValue(document: document, index: places[which])
    }

    /// Whether the name with this index stands there more than once.
    func isRepeated(_ which: Int) -> Bool { repeats & (1 << UInt64(which)) != 0 }

    private mutating func note(_ key: UnsafeBufferPointer<UInt8>, _ names: [StaticString], at place: Int) {
        guard let which = names.firstIndex(where: { Self.matches(key, $0) }) else { return }
        if places[which] != 0 { repeats |= 1 << UInt64(which) }
        places[which] = place
    }

    @inline(__always)
    private static func matches(_ key: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard key.count == length else { return false }
        for offset in 0..<length {
            let (byte, wanted) = (key[offset], name.utf8Start[offset])
            // The names hold lower-case letters and underscores only.
            guard byte == wanted || (byte | 0x20 == wanted && wanted != UInt8(ascii: "_")) else { return false }
        }
        return true
    }
}

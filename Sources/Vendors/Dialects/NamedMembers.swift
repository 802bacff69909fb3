import JSON

/// The members of an object that have one of a few names, found in one pass.
///
/// Of a name that stands twice the last one counts, as the vendors' own readers have it.
struct NamedMembers {
    private let document: JSONDocument
    /// In the order of the names; 0 for one that is absent.
    private var places: [Int]

    /// - Parameter object: of another kind than an object, it has no members.
    init(_ names: [StaticString], of object: JSONValue) {
        document = object.document
        places = [Int](repeating: 0, count: names.count)
        guard object.kind == .object else { return }
        var escaped: [Int] = []
        document.bytes.withUnsafeBufferPointer { bytes in
            document.nodes.withUnsafeBufferPointer { nodes in
                var key = object.index + 1
                let end = Int(nodes[object.index].next)
                while key < end {
                    if nodes[key].hasEscapes {
                        escaped.append(key)
                    } else if let which = names.firstIndex(where: { Self.isKey(nodes[key], $0, bytes) }) {
                        places[which] = key + 1
                    }
                    key = Int(nodes[key + 1].next)
                }
            }
        }
        for key in escaped {
            let name = Array((JSONValue(document: document, index: key).string ?? "").utf8)
            let which = names.firstIndex { name.elementsEqual($0.bytes) }
            if let which, places[which] < key { places[which] = key + 1 }
        }
    }

    /// The value of the name with this index; nil if it is absent. A null is there.
    subscript(which: Int) -> JSONValue? {
        places[which] == 0 ? nil : JSONValue(document: document, index: places[which])
    }

    @inline(__always)
    private static func isKey(_ key: JSONNode, _ name: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = name.utf8CodeUnitCount
        guard Int(key.end - key.start) == length + 2 else { return false }
        for offset in 0..<length where name.utf8Start[offset] != bytes[Int(key.start) + 1 + offset] { return false }
        return true
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

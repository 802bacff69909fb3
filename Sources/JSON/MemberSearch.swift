/// Finds members of an object by their keys, without taking a reference for each member that it passes.
struct MemberSearch {
    let bytes: UnsafeBufferPointer<UInt8>
    let nodes: UnsafeBufferPointer<JSONNode>

    /// The index of the first value with this key; nil if there is none, or if the node is no object.
    func value(of key: String, in object: Int) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        var key = key
        return key.withUTF8 { text in
            var index = object + 1
            let end = Int(nodes[object].next)
            while index < end {
                if isKey(index, text) { return index + 1 }
                index = Int(nodes[index + 1].next)
            }
            return nil
        }
    }

    /// Whether the string at an index is this text.
    func isKey(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let node = nodes[index]
        let content = bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)]
        guard !node.hasEscapes else {
            return JSONString.decode(Array(content)[...]).utf8.elementsEqual(text)
        }
        return content.count == text.count && content.elementsEqual(text)
    }
}

extension JSONDocument {
    func searchMembers<Result>(_ body: (MemberSearch) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            nodes.withUnsafeBufferPointer { nodes in body(MemberSearch(bytes: bytes, nodes: nodes)) }
        }
    }
}

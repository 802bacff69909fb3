/// Looks for keys that occur twice in one object.
///
/// Most objects are small and their keys differ in length or in the first bytes, so that comparing pairs is quicker than a set;
/// objects of many members, and keys with escapes, go by a set of their texts.
struct DuplicateKeys {
    let bytes: UnsafeBufferPointer<UInt8>
    let nodes: UnsafeBufferPointer<JSONNode>

    private static let mostPairs = 24

    /// The offset of the first key that occurs twice in an object of the value at `root`, at any depth.
    func first(in root: Int) -> Int? {
        var index = root
        let end = Int(nodes[root].next)
        while index < end {
            if nodes[index].kind == .object, let found = duplicate(in: index) { return found }
            index += 1
        }
        return nil
    }

    private func duplicate(in object: Int) -> Int? {
        let end = Int(nodes[object].next)
        var count = 0
        var needsTexts = false
        var key = object + 1
        while key < end {
            if nodes[key].hasEscapes { needsTexts = true }
            count += 1
            key = Int(nodes[key + 1].next)
        }
        if needsTexts || count > Self.mostPairs { return duplicateByText(object, end) }
        var later = object + 1
        while later < end {
            var earlier = object + 1
            while earlier < later {
                if areEqual(nodes[earlier], nodes[later]) { return later }
                earlier = Int(nodes[earlier + 1].next)
            }
            later = Int(nodes[later + 1].next)
        }
        return nil
    }

    @inline(__always)
    private func areEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        let length = left.end - left.start
        guard length == right.end - right.start else { return false }
        for offset in 1..<max(length, 1) where bytes[Int(left.start + offset)] != bytes[Int(right.start + offset)] {
            return false
        }
        return true
    }

    private func duplicateByText(_ object: Int, _ end: Int) -> Int? {
        var seen: Set<[UInt8]> = []
        var key = object + 1
        while key < end {
            let node = nodes[key]
            let content = Array(bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)])
            let text = node.hasEscapes ? Array(JSONString.decode(content[...]).utf8) : content
            guard seen.insert(text).inserted else { return key }
            key = Int(nodes[key + 1].next)
        }
        return nil
    }
}

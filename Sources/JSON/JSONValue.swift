/// A value in its document.
package struct JSONValue: Sendable {
    package let document: JSONDocument
    /// The value's place in ``JSONDocument/nodes``.
    package let index: Int

    package init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    package var node: JSONNode { document.nodes[index] }
    package var kind: JSONKind { node.kind }
    /// Where the value is in ``JSONDocument/bytes``; a string with its quotes.
    package var byteRange: Range<Int> { Int(node.start)..<Int(node.end) }
    /// The value's bytes as received.
    package var raw: ArraySlice<UInt8> { document.bytes[byteRange] }
    /// Where the value starts, for people.
    package var position: JSONPosition { JSONPosition(of: byteRange.lowerBound, in: document.bytes) }

    package var isNull: Bool { kind == .null }

    /// The truth value; nil if this is none.
    package var bool: Bool? {
        kind == .bool ? document.bytes[byteRange.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// Where in the document the text stands; nil if this is no string, or one with escapes.
    package var plainText: Range<Int>? {
        kind == .string && !node.hasEscapes ? (byteRange.lowerBound + 1)..<(byteRange.upperBound - 1) : nil
    }

    /// The text with its escapes resolved; nil if this is no string.
    package var string: String? {
        guard kind == .string else { return nil }
        let content = (byteRange.lowerBound + 1)..<(byteRange.upperBound - 1)
        if node.hasEscapes { return JSONString.decode(document.bytes[content]) }
        return document.bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[content]), as: UTF8.self)
        }
    }

    /// The number's digits as received; nil if this is no number.
    package var numberText: String? {
        kind == .number ? String(decoding: raw, as: UTF8.self) : nil
    }

    /// The number, if it is written without fraction and exponent and fits.
    package var int64: Int64? {
        node.isInteger ? numberText.flatMap { Int64($0) } : nil
    }

    /// The elements of an array; nothing for other kinds.
    package var elements: JSONElements { JSONElements(of: self) }

    /// The members of an object, in their order, duplicates included; nothing for other kinds.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// The value of the first member of this name; nil if there is none, or if this is no object.
    package subscript(name: String) -> JSONValue? {
        document.searchMembers { $0.value(of: name, in: index) }.map { JSONValue(document: document, index: $0) }
    }

    /// The first key that occurs twice in one object, here or at any depth.
    package var firstDuplicateKey: JSONValue? {
        let found = document.bytes.withUnsafeBufferPointer { bytes in
            document.nodes.withUnsafeBufferPointer { nodes in
                DuplicateKeys(bytes: bytes, nodes: nodes).first(in: index)
            }
        }
        return found.map { JSONValue(document: document, index: $0) }
    }

    /// Whether an array or an object stands inside this value.
    private var hasContainers: Bool {
        document.nodes.withUnsafeBufferPointer { nodes in
            var inner = index + 1
            while inner < Int(node.next) {
                if nodes[inner].kind == .object || nodes[inner].kind == .array { return true }
                inner += 1
            }
            return false
        }
    }

    /// How many arrays and objects are in one another here; 0 for a plain value, 1 for `{}`.
    package var depth: Int {
        // Most objects hold plain values only: then every second node is a key, and no container is among the rest.
        guard hasContainers else { return kind == .object || kind == .array ? 1 : 0 }
        var deepest = 0
        var ends: [UInt32] = []
        for index in index..<Int(node.next) {
            while let end = ends.last, end <= index { ends.removeLast() }
            let node = document.nodes[index]
            guard node.kind == .object || node.kind == .array else { continue }
            ends.append(node.next)
            deepest = max(deepest, ends.count)
        }
        return deepest
    }
}

/// A key and its value in an object.
package struct JSONMember: Sendable {
    /// The key, a string.
    package let key: JSONValue
    package let value: JSONValue

    package init(key: JSONValue, value: JSONValue) {
        self.key = key
        self.value = value
    }

    /// The key's text.
    package var name: String { key.string ?? "" }

    /// Whether the key is this text; cheaper than comparing ``name``.
    package func hasName(_ name: String) -> Bool {
        key.document.searchMembers { search in
            var name = name
            return name.withUTF8 { search.isKey(key.index, $0) }
        }
    }
}

/// The elements of an array, in their order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var index: Int
    private let end: Int

    init(of array: JSONValue) {
        document = array.document
        index = array.index + 1
        end = array.kind == .array ? Int(array.node.next) : index
    }

    package mutating func next() -> JSONValue? {
        guard index < end else { return nil }
        let element = JSONValue(document: document, index: index)
        index = Int(element.node.next)
        return element
    }
}

/// The members of an object, in their order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var index: Int
    private let end: Int

    init(of object: JSONValue) {
        document = object.document
        index = object.index + 1
        end = object.kind == .object ? Int(object.node.next) : index
    }

    package mutating func next() -> JSONMember? {
        guard index < end else { return nil }
        let value = JSONValue(document: document, index: index + 1)
        let member = JSONMember(key: JSONValue(document: document, index: index), value: value)
        index = Int(value.node.next)
        return member
    }
}

/// A JSON text: its bytes, and a flat list of its values in order of appearance.
///
/// The list is in pre-order: an object's node is followed by its members (a string node for the key, then the value with all that is
/// in it), an array's by its elements. Parsing is strict (RFC 8259, UTF-8 without a byte order mark, no lone surrogate escapes) and
/// neither recurses nor allocates for a value by itself.
///
/// An object, so that a value that is handed on takes one reference along instead of one to each list.
package final class JSONDocument: Sendable {
    package let bytes: [UInt8]
    package let nodes: [JSONNode]

    /// - Throws: ``JSONError`` with the place and the reason of the first fault.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.bytes = bytes
        nodes = try JSONScanner.nodes(of: bytes, limits: limits)
    }

    /// The text's document; nil if it is not JSON, where the reason is of no use to anybody.
    package convenience init?(ifValid bytes: [UInt8]) {
        do {
            try self.init(parsing: bytes)
        } catch {
            return nil
        }
    }

    /// The value that the text is.
    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// One value of a document: where it stands, and where the next one starts.
package struct JSONNode: Sendable {
    /// Offset of the value's first byte; of a string, its opening quote.
    package let start: UInt32
    /// One past the value's last byte.
    package internal(set) var end: UInt32
    /// Index of the node after this value and all that is in it.
    package internal(set) var next: UInt32
    package let kind: JSONKind
    /// Whether a string holds a backslash, so that its bytes are not its text.
    package let hasEscapes: Bool
    /// Whether a number has neither fraction nor exponent.
    package let isInteger: Bool

    init(
        start: UInt32,
        end: UInt32,
        next: UInt32,
        kind: JSONKind,
        hasEscapes: Bool = false,
        isInteger: Bool = false
    ) {
        self.start = start
        self.end = end
        self.next = next
        self.kind = kind
        self.hasEscapes = hasEscapes
        self.isInteger = isInteger
    }
}

/// The kinds of JSON value.
package enum JSONKind: UInt8, Sendable {
    case null, bool, number, string, array, object

    /// The kind with its article, for messages: `a string`.
    package var phrase: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// How large and how deep a text may be.
package struct JSONLimits: Sendable, Equatable {
    /// How many arrays and objects may be in one another.
    package var depth: Int
    /// Maximum number of bytes; below 4 GiB.
    package var bytes: Int

    /// - Precondition: `bytes` is less than 4 GiB, because offsets have 32 bits.
    package init(depth: Int = 64, bytes: Int = 64 << 20) {
        precondition(bytes < Int(UInt32.max), "offsets have 32 bits")
        self.depth = depth
        self.bytes = bytes
    }
}

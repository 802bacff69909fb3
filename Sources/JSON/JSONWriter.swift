/// Writes JSON text into bytes; puts commas and colons itself.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Starts a member: its value is written next.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string; escapes what must be escaped and nothing else.
    package mutating func string(_ value: String) {
        separate()
        var value = value
        value.withUTF8 { JSONString.write($0, to: &bytes) }
    }

    /// One whole value that is JSON already.
    package mutating func raw(_ json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// One whole value that is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        raw(json[...])
    }

    /// A number in its own digits.
    /// - Parameter text: a JSON number.
    package mutating func number(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    package mutating func integer(_ value: Int) {
        separate()
        if (0..<10).contains(value) {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    package mutating func integer(_ value: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}

extension JSONWriter {
    package mutating func member(_ name: String, string value: String) {
        key(name)
        string(value)
    }

    package mutating func member(_ name: String, stringOrNull value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func member(_ name: String, integer value: Int) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: String, integer value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: String, bool value: Bool) {
        key(name)
        bool(value)
    }

    package mutating func member(_ name: String, raw json: ArraySlice<UInt8>) {
        key(name)
        raw(json)
    }

    package mutating func member(_ name: String, raw json: [UInt8]) {
        member(name, raw: json[...])
    }
}

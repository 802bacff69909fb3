/// Writes JSON text into bytes; puts commas and colons itself.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8]
    private var needsComma = false
    /// Whether a string or a key had characters that must be escaped.
    package private(set) var hasEscapes = false

    /// - Parameter capacity: the expected number of bytes; more are allocated when needed.
    package init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Starts an object; ``endObject()`` must follow after its members.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Ends the object that was started last.
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Starts an array; ``endArray()`` must follow after its elements.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Ends the array that was started last.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Starts a member: its value is written next.
    package mutating func key(_ name: String) {
        string(name, isKey: true)
    }

    /// A string; escapes what must be escaped and nothing else.
    package mutating func string(_ value: String) {
        string(value, isKey: false)
    }

    /// A string of so many bytes, of which none needs an escape, as a timestamp or a number.
    package mutating func string(plainBytes count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        string(plainBytes: count, isKey: false, fill)
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

    /// An integer. Written digit by digit, because it runs several times per event and `String` allocates.
    package mutating func integer(_ value: Int) {
        separate()
        var rest = value.magnitude
        var digits = [20 of UInt8](repeating: 0)
        var place = digits.count
        repeat {
            place -= 1
            digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 {
            place -= 1
            digits[place] = UInt8(ascii: "-")
        }
        digits.span.extracting(place...).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// An integer of any other width.
    package mutating func integer(_ value: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// `true` or `false`.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    private mutating func string(_ value: String, isKey: Bool) {
        var value = value
        value.withUTF8 { text in
            guard JSONString.isPlain(text) else {
                separate()
                hasEscapes = true
                JSONString.write(text, to: &bytes)
                if isKey { bytes.append(UInt8(ascii: ":")) }
                needsComma = !isKey
                return
            }
            string(plainBytes: text.count, isKey: isKey) { memory in
                _ = memory.initialize(fromContentsOf: text)
            }
        }
    }

    /// Quotes, comma, colon and text at once, because a look at whether the list has room costs more than a byte.
    @inline(__always)
    private mutating func string(
        plainBytes count: Int,
        isKey: Bool,
        _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        let needsComma = needsComma
        bytes.append(addingCapacity: count + 4) { span in
            if needsComma { span.append(UInt8(ascii: ",")) }
            span.append(UInt8(ascii: "\""))
            span.withUnsafeMutableBufferPointer { memory, filled in
                fill(UnsafeMutableBufferPointer(rebasing: memory[filled..<(filled + count)]))
                filled += count
            }
            span.append(UInt8(ascii: "\""))
            if isKey { span.append(UInt8(ascii: ":")) }
        }
        self.needsComma = !isKey
    }

    /// Writes the comma before a value that is not the first of its array or object.
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
    /// A member with a string.
    package mutating func member(_ name: String, string value: String) {
        key(name)
        string(value)
    }

    /// A member with a string, or with `null` instead of nil.
    package mutating func member(_ name: String, stringOrNull value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// A member with an integer.
    package mutating func member(_ name: String, integer value: Int) {
        key(name)
        integer(value)
    }

    /// A member with an integer of any other width.
    package mutating func member(_ name: String, integer value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    /// A member with a Boolean.
    package mutating func member(_ name: String, bool value: Bool) {
        key(name)
        bool(value)
    }

    /// A member with an array of strings.
    package mutating func member(_ name: String, strings: [String]) {
        key(name)
        beginArray()
        for text in strings { string(text) }
        endArray()
    }

    /// A member with one whole value that is JSON already.
    package mutating func member(_ name: String, raw json: ArraySlice<UInt8>) {
        key(name)
        raw(json)
    }

    /// A member with one whole value that is JSON already.
    package mutating func member(_ name: String, raw json: [UInt8]) {
        member(name, raw: json[...])
    }
}

import Events

/// Tells properties that every rule leaves as they are, by one look at their text.
///
/// Most events hold short text, whole numbers and booleans under short names, so most need no rewriting. The look may be wrong in
/// one direction only: what it does not know, ``PropertyRewriter`` decides.
struct PlainProperties {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let rules: PropertyRules
    private var place = 0

    /// Whether an object, which is JSON, is sent byte for byte as received.
    static func goOut(_ json: ArraySlice<UInt8>, by rules: PropertyRules) -> Bool {
        guard rules.numbers.isEmpty, rules.omitted.isEmpty, rules.copied.isEmpty else { return false }
        return json.withUnsafeBufferPointer { bytes in
            var look = PlainProperties(bytes: bytes, rules: rules)
            return look.passesObject()
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, rules: PropertyRules) {
        self.bytes = bytes
        self.rules = rules
    }

    private mutating func passesObject() -> Bool {
        guard skip("{") else { return false }
        if skip("}") { return place == bytes.count }
        var count = 0
        repeat {
            count += 1
            guard let name = text(), name <= rules.limits?.name ?? .max, skip(":"), passesValue() else { return false }
        } while skip(",")
        return skip("}") && place == bytes.count && count <= rules.limits?.properties ?? .max
    }

    private mutating func passesValue() -> Bool {
        guard place < bytes.count else { return false }
        switch bytes[place] {
        case UInt8(ascii: "\""):
            guard let length = text() else { return false }
            return length <= rules.limits?.text ?? .max && !(length == 0 && rules.dropsEmptyText)
        case UInt8(ascii: "t"):
            place += 4
            return true
        case UInt8(ascii: "f"):
            place += 5
            return true
        case UInt8(ascii: "n"):
            place += 4
            return rules.nulls == .keep
        case UInt8(ascii: "-"), 0x30...0x39: return passesNumber()
        default: return false
        }
    }

    /// Up to 15 digits without an exponent survive every reader.
    private mutating func passesNumber() -> Bool {
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            guard byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else { break }
            place += 1
        }
        // Whatever else belongs to a number is no comma and no end of the object.
        return place - start <= 15
    }

    /// A string without escapes.
    /// - Returns: its length in bytes, which is at least that in characters.
    private mutating func text() -> Int? {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
        let start = place + 1
        place = start
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            guard bytes[place] != UInt8(ascii: "\\") else { return nil }
            place += 1
        }
        defer { place += 1 }
        return place - start
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard place < bytes.count, UInt32(bytes[place]) == character.value else { return false }
        place += 1
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    }
}

/// What the escapes of a JSON text stand for.
package enum JSONEscapes {
    /// Whether the string holds U+0000, which JSON can only say as an escape.
    package static func holdZeroCharacter(_ json: ArraySlice<UInt8>) -> Bool {
        var index = json.startIndex
        while let backslash = json[index...].firstIndex(of: UInt8(ascii: "\\")) {
            if json[backslash...].starts(with: "\\u0000".utf8) { return true }
            index = min(backslash + 2, json.endIndex)
        }
        return false
    }
}

/// Reads UUIDs of version 4, and explains what is wrong in the words of the library that Polar reads them with.
package enum PolarUUID {
    /// The UUID in its usual form, lower case with hyphens.
    package static func read(_ text: String) -> Result<String, PolarValidationError> {
        let bare = stripped(text)
        if let reason = fault(in: bare.text, offset: bare.offset, isPlain: bare.offset == 0, whole: text) {
            return .failure(.parsing("uuid_parsing", "Input should be a valid UUID", reason))
        }
        let digits = Array(bare.text.utf8.filter { $0 != UInt8(ascii: "-") })
        let lower = digits.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
        guard lower[12] == UInt8(ascii: "4"), "89ab".utf8.contains(lower[16]) else {
            return .failure(
                PolarValidationError("uuid_version", "UUID version 4 expected", context: #"{"expected_version":4}"#)
            )
        }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: lower[$0], as: UTF8.self) }
        return .success(groups.joined(separator: "-"))
    }

    /// Whether a text is a UUID of version 4 as Polar writes it, in letters of either case.
    static func isPlain(_ text: String) -> Bool {
        guard text.utf8.count == 36, case .success(let id) = read(text) else { return false }
        return id == text.lowercased()
    }

    /// The text without braces or `urn:uuid:`, and how many bytes stood in front.
    private static func stripped(_ text: String) -> (text: Substring, offset: Int) {
        if text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 1 { return (text.dropFirst().dropLast(), 1) }
        if text.hasPrefix("urn:uuid:") { return (text.dropFirst(9), 9) }
        return (text[...], 0)
    }

    private static func fault(in text: Substring, offset: Int, isPlain: Bool, whole: String) -> String? {
        var hyphens: [Int] = []
        var length = 0
        for scalar in text.unicodeScalars {
            guard isDigit(scalar) || scalar == "-" else {
                return "invalid character: found `\(scalar)` at \(length + offset + 1)"
            }
            if scalar == "-" { hyphens.append(length) }
            length += scalar.utf8.count
        }
        if hyphens.isEmpty, isPlain {
            return length == 32 ? nil : "invalid length: expected length 32 for simple format, found \(length)"
        }
        guard hyphens.count == 4 else { return "invalid group count: expected 5, found \(hyphens.count + 1)" }
        let starts = [0, 9, 14, 19, 24]
        let lengths = [8, 4, 4, 4, 12]
        for group in 0..<4 where hyphens[group] != starts[group + 1] - 1 {
            return
                "invalid group length in group \(group): expected \(lengths[group]), found \(hyphens[group] - starts[group])"
        }
        guard length == 36 else {
            return "invalid group length in group 4: expected 12, found \(whole.utf8.count - offset - 24)"
        }
        return nil
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "a"..."f", "A"..."F": true
        default: false
        }
    }
}

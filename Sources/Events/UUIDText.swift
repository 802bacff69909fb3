/// The text of UUIDs (RFC 9562).
package enum UUIDText {
    /// 32 digits in lower case, in five groups.
    package static func of(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var offset = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    text[offset] = UInt8(ascii: "-")
                    offset += 1
                }
                let digit = UInt8((index < 16 ? high : low) >> UInt64((15 - index % 16) * 4) & 15)
                text[offset] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                offset += 1
            }
            return offset
        }
    }
}

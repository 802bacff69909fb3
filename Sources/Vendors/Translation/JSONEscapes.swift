#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the escapes of a JSON text stand for.
package enum JSONEscapes {
    /// Whether the string holds U+0000, which JSON can only say as an escape.
    package static func holdZeroCharacter(_ json: ArraySlice<UInt8>) -> Bool {
        json.withUnsafeBytes { bytes in
            guard var rest = bytes.baseAddress else { return false }
            let end = rest + bytes.count
            while let backslash = memchr(rest, Int32(UInt8(ascii: "\\")), end - rest) {
                let escape = UnsafeRawBufferPointer(start: backslash, count: end - UnsafeRawPointer(backslash))
                if escape.starts(with: "\\u0000".utf8) { return true }
                rest = UnsafeRawPointer(backslash) + min(2, escape.count)
            }
            return false
        }
    }
}

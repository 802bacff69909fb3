/// Bytes as the key of a dictionary, hashed as a whole: a list of them is hashed one by one.
struct ByteKey: Hashable {
    private(set) var bytes: [UInt8] = []

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Adds a text, or that there is none. Texts with the same bytes are equal, and no others.
    mutating func add(_ text: String?) {
        // No byte of UTF-8.
        bytes.append(text == nil ? 0xFE : 0xFF)
        if let text { bytes += text.utf8 }
    }

    /// Adds a number, of always as many bytes.
    mutating func add(_ number: Int64) {
        withUnsafeBytes(of: number) { bytes += $0 }
    }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

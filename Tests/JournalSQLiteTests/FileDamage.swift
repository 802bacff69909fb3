/// What may happen to a file: bits that flip, an end that is missing, bytes too many, a stretch of zeros.
struct FileDamage {
    /// For the message of a test that fails.
    let what: String
    let bytes: [UInt8]

    /// Some damage; the bytes always differ from what they were.
    static func random(of whole: [UInt8], using generator: inout some RandomNumberGenerator) -> FileDamage {
        var bytes = whole
        let place = Int.random(in: 0..<whole.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            return FileDamage(what: "a bit of byte \(place)", bytes: bytes)
        case 1:
            return FileDamage(what: "cut to \(place) bytes", bytes: Array(bytes[..<place]))
        case 2:
            let added = Int.random(in: 1...5000, using: &generator)
            return FileDamage(what: "\(added) bytes more", bytes: bytes + [UInt8](repeating: 7, count: added))
        default:
            let end = min(whole.count, place + Int.random(in: 1...600, using: &generator))
            for index in place..<end { bytes[index] = bytes[index] == 0 ? 0xFF : 0 }
            return FileDamage(what: "bytes \(place) to \(end)", bytes: bytes)
        }
    }

    /// A number that may be anything, mostly one at which calculations end.
    static func number(using generator: inout some RandomNumberGenerator) -> UInt64 {
        let borders: [UInt64] = [0, 1, 1 << 31, 1 << 32, 1 << 60, 1 << 62, 1 << 63, .max]
        let border = borders.randomElement(using: &generator) ?? 0
        return switch Int.random(in: 0..<3, using: &generator) {
        case 0: border &+ UInt64.random(in: 0...2, using: &generator) &- 1
        case 1: .random(in: 0...5000, using: &generator)
        default: .random(in: .min ... .max, using: &generator)
        }
    }

    /// Writes a number over eight bytes, least byte first.
    static func put(_ number: UInt64, at place: Int, in bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(place..<(place + 8), with: $0) }
    }
}

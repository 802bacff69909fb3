/// SipHash-1-3: a hash under a secret key, so that no sender of events can choose ids that all fall together.
///
/// Our own implementation of the published algorithm (Aumasson and Bernstein), because the result must be the same after a restart and Swift's
/// `Hasher` is seeded differently in each process.
package struct SipHash: Sendable, Equatable {
    package let key0: UInt64
    package let key1: UInt64

    package init(key0: UInt64, key1: UInt64) {
        self.key0 = key0
        self.key1 = key1
    }

    /// The hash of these bytes.
    package func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = State(self)
        var place = 0
        while place + 8 <= bytes.count {
            state.take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        var shift: UInt64 = 0
        while place < bytes.count {
            last |= UInt64(bytes[place]) << shift
            shift += 8
            place += 1
        }
        state.take(last)
        return state.finish()
    }

    /// The hash of a text's UTF-8 bytes.
    package func hash(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    private struct State {
        var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)

        init(_ keys: SipHash) {
            v0 = keys.key0 ^ 0x736f_6d65_7073_6575
            v1 = keys.key1 ^ 0x646f_7261_6e64_6f6d
            v2 = keys.key0 ^ 0x6c79_6765_6e65_7261
            v3 = keys.key1 ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func round() {
            v0 &+= v1
            v2 &+= v3
            v1 = rotate(v1, 13) ^ v0
            v3 = rotate(v3, 16) ^ v2
            v0 = rotate(v0, 32)
            v2 &+= v1
            v0 &+= v3
            v1 = rotate(v1, 17) ^ v2
            v3 = rotate(v3, 21) ^ v0
            v2 = rotate(v2, 32)
        }

        private func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
            (value << bits) | (value >> (64 - bits))
        }
    }
}

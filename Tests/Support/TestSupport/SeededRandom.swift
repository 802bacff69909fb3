import Foundation

/// Random numbers that a failing test can have again: the seed is in the test's message, and `TOLLGATE_TEST_SEED` sets it.
package struct SeededRandom: RandomNumberGenerator {
    /// The seed of this run.
    package static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)

    private var state = Self.seed

    package init() {}

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// So many bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

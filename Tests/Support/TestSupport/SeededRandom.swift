import Foundation
import Randomness

/// Random numbers that a failing test can have again: the seed is in the test's message, and `TOLLGATE_TEST_SEED` sets it.
package struct SeededRandom: RandomNumberGenerator {
    /// The seed of this run.
    package static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)

    private var generator = SplitMix(seed: Self.seed)

    package init() {}

    package mutating func next() -> UInt64 { generator.next() }

    /// So many bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

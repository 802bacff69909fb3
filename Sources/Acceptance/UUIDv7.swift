package import Events
import Synchronization

/// Makes ids by RFC 9562, version 7: the time in milliseconds first, so that ids sort by age, then a counter and random bits.
package final class UUIDv7: Sendable {
    private struct State {
        var milliseconds: Int64 = 0
        /// Counts within a millisecond; starts at a random value below half of its 12 bits.
        var counter: UInt16 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// A new id. Ids of one process ascend, also within a millisecond and when the clock goes back.
    package func next(at now: Timestamp) -> EventID {
        let (milliseconds, counter) = state.withLock { state in
            if now.milliseconds > state.milliseconds {
                state.milliseconds = now.milliseconds
                state.counter = .random(in: 0..<0x800)
            } else if state.counter < 0xFFF {
                state.counter += 1
            } else {
                state.milliseconds += 1
                state.counter = .random(in: 0..<0x800)
            }
            return (state.milliseconds, state.counter)
        }
        let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | UInt64(counter)
        let low = UInt64.random(in: .min ... .max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return EventID(UUIDText.of(high, low))
    }
}

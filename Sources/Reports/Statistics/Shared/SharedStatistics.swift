package import Events
package import Journal
import Synchronization

/// The figures of all gateways of a journal: takes this one's samples, and what the others have left.
package final class SharedStatistics: StatisticsReading {
    private struct State {
        var collector: FiguresCollector
        var history = FiguresHistory()
        /// The steps that the journal does not have yet, oldest first.
        var unsent: [StepFigures] = []
    }

    /// Maximum number of steps that wait for a journal that cannot be reached: of two hours.
    private static let mostUnsent = 900

    private let clock: any WallClock
    private let state: Mutex<State>

    /// Begins now.
    package init(clock: any WallClock) {
        self.clock = clock
        state = Mutex(State(collector: FiguresCollector(at: clock.now)))
    }

    package var shortestStep: StatisticsStep { .tenSeconds }

    package func statistics(_ query: StatisticsQuery) -> StatisticsReport {
        let now = clock.now
        return state.withLock { $0.history.report(query, at: now) }
    }

    /// Takes what the counters of this gateway say now.
    package func add(_ sample: StatisticsSample) {
        let now = clock.now
        state.withLock { state in
            let over = state.collector.add(sample, at: now)
            for figures in over { state.history.put(own: figures) }
            state.unsent = (state.unsent + over).suffix(Self.mostUnsent)
        }
    }

    /// The gateway ends: what was counted in steps that are not over is to be sent, too.
    package func finish() {
        state.withLock { state in state.unsent += state.collector.finish() }
    }

    /// What is to be sent to the journal.
    package var unsent: [StepFigures] { state.withLock { $0.unsent } }

    /// The journal has these.
    package func sent(_ figures: [StepFigures]) {
        state.withLock { state in state.unsent.removeAll { figures.contains($0) } }
    }

    /// Takes what the journal has of all gateways in some steps.
    package func put(_ rows: [KeptFigures], of length: StatisticsStep) {
        let now = clock.now
        state.withLock { state in
            state.history.put(rows, of: length)
            state.history.forget(at: now)
        }
    }
}

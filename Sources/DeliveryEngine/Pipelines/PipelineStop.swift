import Synchronization

/// Passes on that a pipeline is to stop, to whatever it does at the time: waiting for its account, or delivering.
final class PipelineStop: Sendable {
    private struct State {
        /// The last report; nil: it is not to stop.
        var report: PipelineReport?
        var receive: (@Sendable (PipelineReport) -> Void)?
    }

    private let state = Mutex(State())

    /// Whether it is to stop.
    var isSet: Bool { state.withLock { $0.report != nil } }

    /// The pipeline is to stop, for this reason.
    func tell(_ report: PipelineReport) {
        let receive = state.withLock { state in
            state.report = report
            return state.receive
        }
        receive?(report)
    }

    /// Sets who hears of it, at once if it was told before; nil: nobody.
    func receive(_ receive: (@Sendable (PipelineReport) -> Void)?) {
        let report = state.withLock { state in
            state.receive = receive
            return state.report
        }
        if let report { receive?(report) }
    }
}

import Synchronization

/// Passes the order to stop to whatever a pipeline is doing: waiting for its account, or delivering.
final class PipelineStop: Sendable {
    private struct State {
        /// The last order; nil: it should not stop.
        var report: PipelineReport?
        var receive: (@Sendable (PipelineReport) -> Void)?
    }

    private let state = Mutex(State())

    /// Whether it should stop.
    var isSet: Bool { state.withLock { $0.report != nil } }

    /// Stops the pipeline for this reason.
    func tell(_ report: PipelineReport) {
        let receive = state.withLock { state in
            state.report = report
            return state.receive
        }
        receive?(report)
    }

    /// Sets the receiver, which is called at once if the order came before; nil for none.
    func receive(_ receive: (@Sendable (PipelineReport) -> Void)?) {
        let report = state.withLock { state in
            state.receive = receive
            return state.report
        }
        if let report { receive?(report) }
    }
}

import Synchronization

/// Ends one passed call from outside: its client has disconnected.
package final class PassSwitch: Sendable {
    private struct State {
        var isOff = false
        var end: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Ends the call, now or as soon as it has a connection. Does nothing to a call that has ended.
    package func turnOff() {
        state.withLock { state in
            state.isOff = true
            return state.end
        }?()
    }

    /// Whether the call is not wanted any more.
    var isOff: Bool { state.withLock { $0.isOff } }

    /// Sets what ends the call; nil when nothing is left to end.
    func set(_ end: (@Sendable () -> Void)?) {
        let isOff = state.withLock { state in
            state.end = end
            return state.isOff
        }
        if isOff { end?() }
    }
}

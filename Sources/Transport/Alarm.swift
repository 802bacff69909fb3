package import NIOCore

/// One timer of an event loop that can be rescheduled: then what it was set to before is forgotten.
package struct Alarm {
    private let eventLoop: any EventLoop
    private var scheduled: Scheduled<Void>?

    package init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Rings once after a time, unless it is rescheduled or cancelled before.
    package mutating func set(in time: Duration, ring: @escaping @Sendable () -> Void) {
        scheduled?.cancel()
        scheduled = eventLoop.scheduleTask(in: TimeAmount(max(time, .zero)), ring)
    }

    /// Forgets what it was set to.
    package mutating func cancel() {
        scheduled?.cancel()
        scheduled = nil
    }
}

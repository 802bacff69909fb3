import Events
import NIOCore

/// One timer of an event loop that can be set anew: then what it was set to before is forgotten.
struct Alarm {
    private let eventLoop: any EventLoop
    private var scheduled: Scheduled<Void>?

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Rings once after a time, unless it is set anew or cancelled before.
    mutating func set(in time: Duration, ring: @escaping @Sendable () -> Void) {
        scheduled?.cancel()
        scheduled = eventLoop.scheduleTask(in: .nanoseconds(max(time, .zero).wholeNanoseconds), ring)
    }

    mutating func cancel() {
        scheduled?.cancel()
        scheduled = nil
    }
}

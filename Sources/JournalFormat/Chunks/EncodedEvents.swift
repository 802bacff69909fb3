package import Events

/// A request's events as frames, made on the caller's side, so that whoever writes the journal only joins bytes.
package struct EncodedEvents: Sendable {
    package let events: [AcceptedEvent]
    /// The frames one after the other.
    package let frames: [UInt8]
    /// Where each event's frame ends in ``frames``.
    package let ends: [Int]
    /// The plan number of each event.
    package let plans: [UInt32]

    /// - Parameters:
    ///   - origins: the number of each event's origin.
    ///   - plans: the number of each event's plan.
    package init(_ events: [AcceptedEvent], origins: [UInt32], plans: [UInt32]) {
        precondition(events.count == origins.count && events.count == plans.count, "every event has its numbers")
        var ends: [Int] = []
        ends.reserveCapacity(events.count)
        let longest = events.reduce(0) { $0 + EventFrame.longest($1) }
        frames = [UInt8](unsafeUninitializedCapacity: longest) { memory, count in
            var writer = ByteWriter(into: UnsafeMutableRawBufferPointer(memory))
            for index in events.indices {
                EventFrame.write(events[index], origin: origins[index], plan: plans[index], to: &writer)
                ends.append(writer.place)
            }
            count = writer.place
        }
        self.events = events
        self.ends = ends
        self.plans = plans
    }

    /// Where the frame of an event is in ``frames``.
    package func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }
}

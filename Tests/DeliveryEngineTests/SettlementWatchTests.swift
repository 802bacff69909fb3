import Events
import Journal
import Testing

@testable import DeliveryEngine

@Suite struct SettlementWatchTests {
    let attempt = Attempt(
        at: Timestamp(milliseconds: 0),
        latency: .milliseconds(1),
        httpStatus: 200,
        status: .delivered
    )

    private func delivered(_ sequences: [Int64], at provider: ProviderName) -> Settlement {
        Settlement(
            provider: provider,
            delivered: [DeliveredRun(sequences: sequences.map { SequenceNumber($0) }, attempt: attempt)]
        )
    }

    @Test func `ends when every delivery that it waits for is settled`() async {
        let watch = SettlementWatch()
        let ticket = watch.ticket(for: [1: ["lago", "polar"], 2: ["lago"]])
        defer { watch.end(ticket) }
        watch.publish(delivered([1, 2, 3], at: "lago"))
        #expect(await !ticket.wait(atMost: .milliseconds(1)))
        let fault = DeliveryFault(code: .invalidEvent, message: "no")
        watch.publish(
            Settlement(provider: "polar", exceptions: [SettledDelivery(sequence: 1, status: .rejected, fault: fault)])
        )
        #expect(await ticket.wait(atMost: .seconds(60)))
    }

    /// As many events as there are numbers.
    private func awaited(_ numbers: Range<Int>) -> SettlementWatch.Awaited {
        Dictionary(uniqueKeysWithValues: numbers.map { (SequenceNumber(Int64($0)), ["lago"]) })
    }

    @Test func `a client has room for half of the events, and again once it waits no more`() async throws {
        let watch = SettlementWatch()
        let share = SettlementWatch.mostEvents / 2
        #expect(watch.ticketIfRoom(for: awaited(0..<share + 1), of: "shop") == nil)
        let all = try #require(watch.ticketIfRoom(for: awaited(1..<share), of: "shop"))
        let last = try #require(watch.ticketIfRoom(for: [1: ["lago"]], of: "shop"))
        #expect(watch.ticketIfRoom(for: [2: ["lago"]], of: "shop") == nil)
        // Whoever is refused leaves nothing behind.
        watch.end(last)
        let next = try #require(watch.ticketIfRoom(for: [2: ["lago"]], of: "shop"))
        #expect(watch.ticketIfRoom(for: [3: ["lago"]], of: "shop") == nil)
        watch.publish(delivered([2], at: "lago"))
        #expect(await next.wait(atMost: .seconds(60)))
        watch.end(all)
        watch.end(next)
        #expect(watch.awaited.isEmpty)
        let again = try #require(watch.ticketIfRoom(for: awaited(0..<share), of: "shop"))
        watch.end(again)
    }

    @Test func `leaves room for other clients, whatever one waits for`() throws {
        let watch = SettlementWatch()
        let half = SettlementWatch.mostEvents / 2
        let first = try #require(watch.ticketIfRoom(for: awaited(0..<half), of: "first"))
        #expect(watch.ticketIfRoom(for: awaited(0..<half / 2 + 1), of: "second") == nil)
        let second = try #require(watch.ticketIfRoom(for: awaited(0..<half / 2), of: "second"))
        #expect(watch.ticketIfRoom(for: [1: ["lago"]], of: "second") == nil)
        let third = try #require(watch.ticketIfRoom(for: awaited(0..<half / 4), of: "third"))
        // What one returns is there for the others.
        watch.end(first)
        let more = try #require(watch.ticketIfRoom(for: awaited(0..<half / 4), of: "third"))
        for ticket in [second, third, more] { watch.end(ticket) }
        #expect(watch.awaited.isEmpty)
        // Waits of the gateway's own are in nobody's share, and leave nothing of it.
        let own = watch.ticket(for: awaited(0..<SettlementWatch.mostEvents))
        #expect(watch.ticketIfRoom(for: [1: ["lago"]], of: "first") == nil)
        watch.end(own)
        let last = try #require(watch.ticketIfRoom(for: [1: ["lago"]], of: "first"))
        watch.end(last)
    }

    @Test func `a retry is not the end of a delivery`() async {
        let watch = SettlementWatch()
        let ticket = watch.ticket(for: [1: ["lago"]])
        defer { watch.end(ticket) }
        let later = Timestamp(milliseconds: 1000)
        watch.publish(
            Settlement(
                provider: "lago",
                exceptions: [SettledDelivery(sequence: 1, status: .retrying, nextAttemptAt: later)]
            )
        )
        #expect(await !ticket.wait(atMost: .milliseconds(1)))
    }

    @Test func `wakes one that waits already`() async {
        let watch = SettlementWatch()
        let ticket = watch.ticket(for: [7: ["lago"]])
        defer { watch.end(ticket) }
        async let isSettled = ticket.wait(atMost: .seconds(60))
        watch.publish(delivered([7], at: "lago"))
        #expect(await isSettled)
    }

    @Test func `does not wait for nothing, nor for what the journal says is settled`() async {
        let watch = SettlementWatch()
        let empty = watch.ticket(for: [1: []])
        #expect(await empty.wait(atMost: .seconds(60)))
        watch.end(empty)
        let known = watch.ticket(for: [1: ["lago"]])
        known.settled(1, at: "lago")
        #expect(await known.wait(atMost: .seconds(60)))
        watch.end(known)
    }

    @Test func `ends with its task`() async {
        let watch = SettlementWatch()
        let ticket = watch.ticket(for: [1: ["lago"]])
        let isSettled = await withTaskGroup { group in
            group.addTask { await ticket.wait(atMost: .seconds(3600)) }
            group.cancelAll()
            return await group.next()
        }
        #expect(isSettled == false)
        watch.end(ticket)
    }
}

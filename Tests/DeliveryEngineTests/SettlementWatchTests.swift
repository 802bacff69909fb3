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

    @Test func `has room for so many events at once, and again once others wait no more`() async throws {
        let watch = SettlementWatch()
        func awaited(_ numbers: Range<Int>) -> SettlementWatch.Awaited {
            Dictionary(uniqueKeysWithValues: numbers.map { (SequenceNumber(Int64($0)), ["lago"]) })
        }
        let all = try #require(watch.ticketIfRoom(for: awaited(1..<SettlementWatch.mostEvents)))
        let last = try #require(watch.ticketIfRoom(for: [1: ["lago"]]))
        #expect(watch.ticketIfRoom(for: [2: ["lago"]]) == nil)
        // Whoever is refused leaves nothing behind.
        watch.end(last)
        let next = try #require(watch.ticketIfRoom(for: [2: ["lago"]]))
        #expect(watch.ticketIfRoom(for: [3: ["lago"]]) == nil)
        watch.publish(delivered([2], at: "lago"))
        #expect(await next.wait(atMost: .seconds(60)))
        watch.end(all)
        watch.end(next)
        #expect(watch.awaited.isEmpty)
        #expect(watch.ticketIfRoom(for: awaited(0..<SettlementWatch.mostEvents + 1)) == nil)
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

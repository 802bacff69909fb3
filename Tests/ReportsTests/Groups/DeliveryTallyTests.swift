import Events
import Journal
import Testing

@testable import Reports

@Suite struct DeliveryTallyTests {
    private func delivery(
        _ number: Int,
        name: String = "n",
        provider: ProviderName = "lago",
        code: DeliveryErrorCode? = .invalidEvent,
        acceptedAt: Int64 = 0
    ) -> ArchivedDelivery {
        let event = AcceptedEvent(
            CanonicalEvent(name: name, customerID: "c"),
            id: EventID("e\(number)"),
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: acceptedAt),
                plan: Plan(route: "r", destinations: [])
            )
        )
        return ArchivedDelivery(
            cursor: DeliveryCursor(sequence: SequenceNumber(Int64(number)), provider: provider),
            event: event,
            delivery: Delivery(
                provider: provider,
                adapter: "lago",
                mode: .primary,
                status: .rejected,
                fault: code.map { DeliveryFault(code: $0, message: "m\(number)") }
            )
        )
    }

    @Test func `has the times of the first and the last event, and the newest as the example`() {
        var tally = DeliveryTally()
        for (number, time) in [(1, 20), (2, 10), (3, 30), (4, 25)] as [(Int, Int64)] {
            tally.add(delivery(number, acceptedAt: time))
        }
        let groups = tally.result(continuingAt: nil).groups
        #expect(groups.count == 1)
        #expect(groups.first?.count == 4)
        #expect(groups.first?.first == Timestamp(milliseconds: 10))
        #expect(groups.first?.last == Timestamp(milliseconds: 30))
        #expect(groups.first?.example.eventID == "e4" && groups.first?.example.fault?.message == "m4")
    }

    @Test func `distinguishes provider, code and name, and puts the largest first`() {
        var tally = DeliveryTally()
        tally.add(delivery(1, name: "b"))
        tally.add(delivery(2, name: "a"))
        tally.add(delivery(3, name: "a", provider: "polar"))
        tally.add(delivery(4, name: "a", provider: "polar", code: nil))
        tally.add(delivery(5, name: "a", provider: "polar"))
        let groups = tally.result(continuingAt: nil).groups
        #expect(groups.map(\.count) == [2, 1, 1, 1])
        #expect(groups.map(\.key.name) == ["a", "a", "b", "a"])
        #expect(groups.map(\.key.provider) == ["polar", "lago", "lago", "polar"])
    }

    @Test func `counts what comes after the limit of groups together`() {
        var tally = DeliveryTally()
        for number in 0..<DeliveryTally.mostGroups + 5 { tally.add(delivery(number, name: "n\(number)")) }
        tally.add(delivery(0, name: "n0"))
        let result = tally.result(continuingAt: nil)
        #expect(result.groups.count == DeliveryTally.mostGroups)
        #expect(result.others == 5)
        #expect(result.total == DeliveryTally.mostGroups + 6)
        #expect(result.groups.first?.count == 2)
        #expect(result.countedUntil == nil)
    }

    @Test func `says how far it came`() {
        var tally = DeliveryTally()
        tally.add(delivery(1, acceptedAt: 42))
        let next = DeliveryCursor(sequence: 1, provider: "lago")
        let result = tally.result(continuingAt: next)
        #expect(result.countedUntil == Timestamp(milliseconds: 42) && result.next == next)
    }
}

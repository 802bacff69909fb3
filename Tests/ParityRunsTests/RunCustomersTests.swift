import Events
import Parity
import Testing

@testable import ParityRuns

/// Lists of customers that are kept of finished runs.
@Suite struct RunCustomersTests {
    private static func run(_ id: Int64, requestedAt time: Int64 = 0) -> ParityRun {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1))
        return ParityRun(
            id: id,
            order: ParityOrder(window: window, providers: ["lago"], level: .full),
            tenant: "shop",
            client: "web",
            requestedAt: Timestamp(milliseconds: time),
            state: .finished
        )
    }

    private static func customer(_ id: String) -> [ParityCustomer] {
        [ParityCustomer(customerID: id, provider: "lago", findings: 1, billed: 0)]
    }

    @Test func `are those of one run in one order`() {
        let known = RunCustomers()
        known.keep(Self.customer("a"), of: Self.run(1), by: .money)
        known.keep(Self.customer("b"), of: Self.run(1), by: .findings)
        #expect(known.list(of: Self.run(1), by: .money)?.first?.customerID == "a")
        #expect(known.list(of: Self.run(1), by: .findings)?.first?.customerID == "b")
        #expect(known.list(of: Self.run(1), by: .wrongBills) == nil)
        #expect(known.list(of: Self.run(2), by: .money) == nil)
    }

    /// A file that was deleted begins to number runs anew.
    @Test func `are not those of another run with the same number`() {
        let known = RunCustomers()
        known.keep(Self.customer("a"), of: Self.run(1, requestedAt: 5), by: .money)
        #expect(known.list(of: Self.run(1, requestedAt: 6), by: .money) == nil)
        #expect(known.list(of: Self.run(1, requestedAt: 5), by: .money) != nil)
    }

    @Test func `are kept of the latest twelve lists, each once`() {
        let known = RunCustomers()
        for id in Int64(1)...12 { known.keep([], of: Self.run(id), by: .money) }
        // The oldest is kept again, and is the latest now.
        known.keep(Self.customer("new"), of: Self.run(1), by: .money)
        known.keep([], of: Self.run(13), by: .money)
        #expect(known.list(of: Self.run(1), by: .money)?.first?.customerID == "new")
        #expect(known.list(of: Self.run(2), by: .money) == nil)
        #expect((Int64(3)...13).allSatisfy { known.list(of: Self.run($0), by: .money) != nil })
    }
}

import Events
import Journal
import Testing

@testable import Gateway

/// Of several gateways, one reports on each thing.
@Suite struct ReportingDutyTests {
    private func node(_ number: Int64, isThisOne: Bool = false, isDraining: Bool = false) -> GatewayNode {
        GatewayNode(
            number: number,
            name: "g\(number)",
            version: "1",
            routes: [],
            started: Timestamp(milliseconds: number),
            isDraining: isDraining,
            isThisOne: isThisOne
        )
    }

    private func report(_ provider: ProviderName, by gateway: Int64?) -> AccountReport {
        AccountReport(
            provider: provider,
            gateway: gateway,
            gatewayName: nil,
            age: .zero,
            waiting: 0,
            oldest: nil,
            state: AccountState(isReady: true, detail: "")
        )
    }

    private func view(of own: Int64, draining: Set<Int64> = []) -> SharedJournal.View {
        var view = SharedJournal.View()
        view.gateways = [3, 7].map { node($0, isThisOne: $0 == own, isDraining: draining.contains($0)) }
        view.reports = [
            "lago": report("lago", by: 3), "polar": report("polar", by: 7), "orphan": report("orphan", by: nil),
        ]
        return view
    }

    @Test func `a lone gateway reports on everything`() {
        let duty = ReportingDuty(nil, delivering: [])
        #expect(duty.isFirst)
        #expect(!duty.isElsewhere("lago"))
    }

    @Test(arguments: ["lago", "polar", "orphan", "new"] as [ProviderName])
    func `one of two gateways reports on a provider`(provider: ProviderName) {
        let duties = [Int64(3), 7].map { own in
            ReportingDuty(view(of: own), delivering: own == 3 ? ["lago"] : ["polar"])
        }
        #expect(duties.count { !$0.isElsewhere(provider) } == 1)
        #expect(duties.count(where: \.isFirst) == 1)
    }

    @Test func `a gateway that is drained leaves what belongs to no provider to another`() {
        #expect(!ReportingDuty(view(of: 3, draining: [3]), delivering: []).isFirst)
        #expect(ReportingDuty(view(of: 7, draining: [3]), delivering: []).isFirst)
    }

    @Test func `a gateway that does not know the others yet reports on what it delivers to alone`() {
        let duty = ReportingDuty(SharedJournal.View(), delivering: ["lago"])
        #expect(!duty.isFirst)
        #expect(!duty.isElsewhere("lago"))
        #expect(duty.isElsewhere("polar"))
    }
}

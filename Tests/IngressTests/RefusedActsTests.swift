import Access
import Events
import Journal
import Routing
import Testing

@testable import Ingress

@Suite struct RefusedActsTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func source(_ act: String, client: ClientName = "shop") -> RefusedActs.Source {
        RefusedActs.Source(
            tenant: "shop",
            client: client,
            keyID: "k1",
            address: "192.0.2.7",
            act: act,
            scope: .admin
        )
    }

    @Test func `is one entry at once, and one with the number of those that follow within a minute`() {
        var acts = RefusedActs()
        acts.add(source("POST /a"), at: start)
        #expect(acts.takeDue(at: start).map(\.action) == ["POST /a"])
        for second in 1...40 { acts.add(source("POST /a"), at: start + .seconds(second)) }
        #expect(acts.takeDue(at: start + .seconds(59)).isEmpty)
        let later = acts.takeDue(at: start + .seconds(60))
        #expect(later.map { $0.details["attempts"] } == ["40"])
        #expect(later.first?.category == .refused && later.first?.actor == "shop")
    }

    @Test func `has the request that was refused, or the first of several`() {
        var acts = RefusedActs()
        acts.add(source("POST /a"), in: "r1", at: start)
        #expect(acts.takeDue(at: start).map { $0.details["request_id"] } == ["r1"])
        acts.add(source("POST /a"), in: "r2", at: start + .seconds(1))
        acts.add(source("POST /a"), in: "r3", at: start + .seconds(2))
        #expect(acts.takeDue(at: start + .seconds(60)).map { $0.details["request_id"] } == ["r2"])
    }

    @Test func `writes a bounded number of entries in a flood`() {
        var acts = RefusedActs()
        for number in 0..<10_000 { acts.add(source("POST /\(number)"), at: start) }
        let entries = acts.takeDue(at: start)
        #expect(entries.count <= RefusalCounts<RefusedActs.Source>.mostSources + 1)
        #expect(entries.compactMap { $0.details["attempts"].flatMap { Int($0) } }.reduce(0, +) == 10_000)
        #expect(entries.contains { $0.action == "several" && $0.remoteAddress == nil && $0.actor == "shop" })
    }
}

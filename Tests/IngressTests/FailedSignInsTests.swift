import Access
import Events
import Journal
import Testing

@testable import Ingress

@Suite struct FailedSignInsTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    @Test func `is one entry at once, and one with the number of those that follow within a minute`() {
        var signIns = FailedSignIns()
        signIns.add(.unknown, from: "192.0.2.7", at: start)
        let first = signIns.takeDue(at: start)
        #expect(first.map(\.details) == [["reason": "unknown", "attempts": "1"]])
        #expect(first.first?.remoteAddress == "192.0.2.7" && first.first?.category == .signIn)
        for second in 1...40 { signIns.add(.unknown, from: "192.0.2.7", at: start + .seconds(second)) }
        #expect(signIns.takeDue(at: start + .seconds(59)).isEmpty)
        let second = signIns.takeDue(at: start + .seconds(60))
        #expect(second.map(\.details) == [["reason": "unknown", "attempts": "40"]])
        #expect(second.first?.at == start + .seconds(1))
        #expect(signIns.takeDue(at: start + .seconds(120)).isEmpty)
        #expect(signIns.takeAll().isEmpty)
    }

    @Test func `has the request that brought the key, or the first of several`() {
        var signIns = FailedSignIns()
        signIns.add(.unknown, from: "192.0.2.7", in: "r1", at: start)
        signIns.add(.unknown, from: "192.0.2.7", in: "r2", at: start)
        #expect(signIns.takeDue(at: start).map { $0.details["request_id"] } == ["r1"])
    }

    @Test func `keeps addresses, reasons and keys apart`() {
        var signIns = FailedSignIns()
        let refusals: [KeyError] = [
            .unknown, .mistyped, .early(id: "june", from: start), .expired(id: "may", at: start),
            .expired(id: "april", at: start),
        ]
        for refusal in refusals {
            for address in ["192.0.2.1", "2001:db8::1"] { signIns.add(refusal, from: address, at: start) }
        }
        let entries = signIns.takeDue(at: start)
        #expect(entries.count == 10)
        #expect(Set(entries.compactMap(\.keyID)) == ["june", "may", "april"])
        #expect(Set(entries.compactMap { $0.details["reason"] }) == ["unknown", "mistyped", "early", "expired"])
    }

    @Test func `writes no more for a flood from many addresses, and counts all of it`() {
        var signIns = FailedSignIns()
        var entries: [AuditEntry] = []
        for second in 0..<120 {
            let now = start + .seconds(second)
            for number in 0..<500 { signIns.add(.unknown, from: "10.0.\(second).\(number)", at: now) }
            entries += signIns.takeDue(at: now)
        }
        entries += signIns.takeAll()
        #expect(entries.count <= 4 * (RefusalCounts<FailedSignIns.Source>.mostSources + 1))
        #expect(entries.compactMap { $0.details["attempts"].flatMap { Int($0) } }.reduce(0, +) == 60_000)
    }

    @Test func `goes on when the clock is set back`() {
        var signIns = FailedSignIns()
        signIns.add(.unknown, from: "192.0.2.7", at: start)
        _ = signIns.takeDue(at: start)
        let earlier = Timestamp(milliseconds: start.milliseconds - 86_400_000)
        signIns.add(.unknown, from: "192.0.2.7", at: earlier)
        #expect(signIns.takeDue(at: earlier).map(\.at) == [earlier])
    }
}

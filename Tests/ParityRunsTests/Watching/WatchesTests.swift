import Events
import Parity
import Routing
import Testing

@testable import ParityRuns

/// What is told of watching providers, from what was saved.
@Suite struct WatchesTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private static let verify = #", "verify": {"sample": "1/100"}"#
    private static let canary =
        #", "canary": {"every": "10m", "name": "tollgate_canary", "customer_id": "tollgate-canary"}"#

    private static func reports(_ settings: String, _ snapshot: WatchSnapshot = WatchSnapshot()) throws -> WatchReport?
    {
        let provider = try ScriptedVendor(ScriptedReader()).provider(settings)
        return Watches.reports(of: snapshot, on: [provider], at: now)["scripted"]
    }

    @Test func `is nothing of a provider that is not watched, whatever was saved once`() throws {
        let snapshot = WatchSnapshot(
            verify: ["scripted": VerifyBook(start: Self.now).encoded(at: Self.now)],
            canary: ["scripted": CanaryBook().encoded]
        )
        #expect(try Self.reports("", snapshot) == nil)
    }

    @Test func `says that nothing was due before the first look`() throws {
        let report = try #require(try Self.reports(Self.verify))
        #expect(report.canary == nil && report.verify?.checkedUpTo == Self.now && report.verify?.oneIn == 100)
        #expect(report.verify?.problem(at: "scripted", now: Self.now) == nil)
    }

    @Test func `says of canaries how often they are sent`() throws {
        let report = try #require(try Self.reports(Self.canary))
        #expect(report.verify == nil && report.canary == CanaryReport(every: .seconds(600)))
    }

    /// A book that cannot be read is one that begins now.
    @Test func `tells of both, and begins again where the saved state is damaged`() throws {
        let snapshot = WatchSnapshot(verify: ["scripted": [7, 8]], canary: ["scripted": [], "other": [1]])
        let report = try #require(try Self.reports(Self.verify + Self.canary, snapshot))
        #expect(report.verify?.checkedUpTo == Self.now && report.canary?.visible == 0)
    }

    private static func acceptance(_ cause: Cause, _ provider: ProviderName?) -> Acceptance {
        Acceptance(cause: cause, provider: provider, name: "api", reason: "r", until: now, by: "ops", at: now)
    }

    /// Acceptances of losses there count, and no others.
    @Test(
        arguments: [
            (Cause.lostAfterAccept, ProviderName?.none, 1), (.lostAfterAccept, "scripted", 1),
            (.lostAfterAccept, "lago", 0),
            (.foreign, nil, 0),
        ]
    )
    func `counts losses that are accepted`(cause: Cause, provider: ProviderName?, accepted: Int) throws {
        let lost =
            #"{"sequence":1,"tenant":"t","id":"e","name":"api","delivered_at":1,"found_at":2,"look_at":3}"#
        let saved = #"{"start":0,"walked_to":0,"items":[],"lost":[\#(lost)],"hours":[]}"#
        let snapshot = WatchSnapshot(
            verify: ["scripted": Array(saved.utf8)],
            acceptances: [Self.acceptance(cause, provider)]
        )
        let report = try #require(try Self.reports(Self.verify, snapshot)?.verify)
        #expect(report.accepted == accepted && report.lost.count == 1 - accepted)
    }
}

import Events
import Parity
import Routing
import Testing
import Vendors

@testable import Gateway

@Suite struct WatchLinesTests {
    private static let now = Timestamp(rfc3339: "2026-12-22T12:00:00Z")!

    /// Lago and Polar, which is watched, and Knetik, which shows no events.
    private static func providers(_ polar: String) throws -> [ProviderConfiguration] {
        let text = #"""
            {"version": 1, "providers": {
               "knetik": {"adapter": "knetik", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}},
               "lago": {"adapter": "lago", "credential": {"env": "L"}},
               "polar": {"adapter": "polar", "credential": {"env": "P"}\#(polar)}},
             "routes": [{"name": "r", "to": [{"provider": "polar"}]}], "clients": [{"name": "shop"}]}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes.providers
    }

    private static let both = #", "verify": {"sample": "1/10"}, "canary": {"every": "10m"}"#

    /// What is said of Polar.
    private static func line(_ report: WatchReport, isRunning: Bool = true) throws -> DoctorReport.Line {
        let lines = WatchLines.lines(try providers(both), ["polar": report], isRunning: isRunning, at: now)
        #expect(lines.count == 2 && lines[0].name == "watches" && lines[1].name == "watch polar")
        return lines[1]
    }

    private static func lost(_ id: EventID) -> LostEvent {
        LostEvent(
            sequence: 1,
            tenant: "t",
            eventID: id,
            name: "n",
            deliveredAt: now,
            foundAt: now + .seconds(-60),
            lookAt: now
        )
    }

    @Test func `says for which providers nothing notices a silent loss`() throws {
        let lines = WatchLines.lines(try Self.providers(""), [:], isRunning: true, at: Self.now)
        #expect(lines.map(\.name) == ["watches"] && lines[0].verdict == .well)
        #expect(lines[0].text.hasPrefix("0 providers watched; off for lago, polar: "), "\(lines)")
    }

    @Test func `says what was read back, and how long canaries take`() throws {
        let report = WatchReport(
            verify: VerifyReport(
                oneIn: 10,
                checkedUpTo: Self.now,
                hours: [VerifyReport.Hour(start: Self.now, verified: 5)]
            ),
            canary: CanaryReport(
                every: .seconds(600),
                visibleAt: Self.now,
                lags: [.milliseconds(310), .milliseconds(420), .milliseconds(2950)]
            )
        )
        #expect(
            try Self.line(report)
                == DoctorReport.Line(
                    "watch polar",
                    .well,
                    "verify 1/10: 5 events read back in a day, none lost; canary every 10m: visible after 0.4 s, at most 2.9 s; "
                        + "the last at 2026-12-22T12:00:00.000Z"
                )
        )
        let young = try Self.line(WatchReport(canary: CanaryReport(every: .seconds(600))))
        #expect(young.text == "verify is off; canary every 10m: none is visible yet" && young.verdict == .well)
    }

    @Test func `a lost event and a canary that is not shown are problems, with what to do`() throws {
        let alarm = CanaryReport.Alarm(since: Self.now, reason: "the canary was not shown by polar")
        let line = try Self.line(
            WatchReport(
                verify: VerifyReport(oneIn: 10, checkedUpTo: Self.now, lost: [Self.lost("a"), Self.lost("b")]),
                canary: CanaryReport(every: .seconds(600), alarm: alarm)
            )
        )
        #expect(line.verdict == .problem)
        #expect(
            line.text.contains("2 events lost after the vendor had accepted them, the first found at 2026-12-22T11:59")
        )
        #expect(line.text.contains("`tollgate providers watched` names them"))
        #expect(line.text.contains("the canary was not shown by polar, since 2026-12-22T12:00:00.000Z; look at"))
    }

    @Test func `reads that are late are a warning while a gateway runs`() throws {
        let late = WatchReport(
            verify: VerifyReport(
                oneIn: 10,
                checkedUpTo: Self.now + .seconds(-901),
                fault: "Polar (401) refuses the key"
            )
        )
        let line = try Self.line(late)
        #expect(
            line.verdict == .warning && line.text.contains("only: Polar (401) refuses the key; the key must"),
            "\(line)"
        )
        #expect(try Self.line(late, isRunning: false).verdict == .well)
        let different = WatchReport(
            verify: VerifyReport(
                oneIn: 10,
                checkedUpTo: Self.now,
                hours: [VerifyReport.Hour(start: Self.now, verified: 5, different: 1)]
            )
        )
        let other = try Self.line(different)
        #expect(other.verdict == .warning && other.text.contains("1 event shown with other values"), "\(other)")
    }

    @Test func `has a line for at most twenty providers, those that are not well first`() throws {
        let names = (10..<40).map { "p\($0)" }
        let accounts = names.map {
            #""\#($0)": {"adapter": "polar", "credential": {"env": "P"}, "verify": {"sample": "1/2"}}"#
        }
        let text =
            #"{"version": 1, "providers": {\#(accounts.joined(separator: ","))}, "routes": [{"name": "r", "to": [{"provider": "p10"}]}], "clients": [{"name": "shop"}]}"#
        let providers = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes.providers
        var reports = Dictionary(
            uniqueKeysWithValues: providers.map { provider in
                (provider.name, WatchReport(verify: VerifyReport(oneIn: 2, checkedUpTo: Self.now)))
            }
        )
        reports["p39"] = WatchReport(verify: VerifyReport(oneIn: 2, checkedUpTo: Self.now, lost: [Self.lost("a")]))
        let lines = WatchLines.lines(providers, reports, isRunning: true, at: Self.now)
        #expect(lines.count == 21 && lines[1].name == "watch p39" && lines[2].name == "watch p10")
        #expect(lines[0].text.hasPrefix("30 providers watched; `tollgate providers watched` shows all"))
    }

    @Test func `says why what was found cannot be read`() {
        #expect(
            WatchLines.unknown("no such table") == [
                DoctorReport.Line("watches", .warning, "not checked: no such table")
            ]
        )
    }
}

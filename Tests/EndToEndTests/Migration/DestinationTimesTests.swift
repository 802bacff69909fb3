import Foundation
import TestSupport
import Testing

/// `from` and `until` of destinations: an event goes to the vendor whose bill its time belongs to, whenever it comes.
@Suite struct DestinationTimesTests {
    /// The end of the old vendor's last period.
    private static let cut = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 7200).rounded())

    private static func text(_ date: Date) -> String { date.ISO8601Format() }

    /// The stage's file with Lago until the cut, and Polar from it on.
    private func writeRoutes(_ stage: Stage) throws {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            .replacing(#"{"provider": "lago", "#, with: #"{"provider": "lago", "until": "\#(Self.text(Self.cut))", "#)
            .replacing(/\{"provider": "flexprice", "mode": "mirror"\},/, with: "")
            .replacing(/, \{"provider": "knetik", "mode": "mirror"\}/, with: "")
            .replacing(
                #"{"provider": "polar", "mode": "mirror"}"#,
                with: #"{"provider": "polar", "from": "\#(Self.text(Self.cut))", "mode": "primary"}"#
            )
        try Data(text.utf8).write(to: stage.routesFile)
    }

    private static func event(_ id: String, _ seconds: TimeInterval?) -> String {
        let time = seconds.map { #","timestamp":"\#(text(cut.addingTimeInterval($0)))""# } ?? ""
        return #"{"id":"\#(id)","name":"api_request","customer_id":"c1","properties":{"units":1}\#(time)}"#
    }

    @Test func `sends late and early events to the vendor of their time, whatever they came by`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            try await stage.withGateway { _ async throws in
                let events = [
                    Self.event("new", nil), Self.event("late", -1), Self.event("very-late", -86_400 * 3),
                    Self.event("first", 0), Self.event("early", 10),
                ]
                let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
                #expect(answer.status == 202, "\(answer.text)")
                // By the old vendor's own API, which its applications still speak.
                let time = Int(Self.cut.addingTimeInterval(-60).timeIntervalSince1970)
                let body =
                    #"{"event":{"transaction_id":"facade-late","external_subscription_id":"sub_c1","code":"api_request","#
                    + #""timestamp":\#(time),"properties":{"units":1}}}"#
                #expect(try await stage.client.post("/lago/api/v1/events", body).status == 200)
                try await waitUntil("all are delivered") {
                    let counts = [try await stage.billed("lago").count, try await stage.billed("polar").count]
                    return counts == [3, 3]
                }
                #expect(Set(try await stage.billed("lago")) == ["late", "very-late", "facade-late"])
                #expect(Set(try await stage.billed("polar")) == ["new", "first", "early"])
                // The gateway learns it after the vendor.
                for (id, vendor) in [("late", "lago"), ("first", "polar")] {
                    try await waitUntil("\(id) is settled") {
                        try await stage.statuses(of: id) == [vendor: "delivered"]
                    }
                }
            }
        }
    }

    @Test func `checks that times do not overlap, and prints them`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            let cut = Self.text(Self.cut).dropLast() + ".000Z"
            let good = try ChildProcess("tollgate", ["check", stage.routesFile.path], environment: Stage.credentials)
            #expect(try await good.waitForExit() == 0)
            let expected =
                "  route all: every event to lago (primary, events until \(cut)), polar (primary, events from \(cut))"
            #expect(good.lines.contains(expected), "\(good.lines)")

            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                .replacing(#"{"provider": "polar", "#, with: #"{"provider": "lago", "#)
                .replacing(#""from": "\#(Self.text(Self.cut))""#, with: #""from": "2020-01-01T00:00:00Z""#)
            try Data(text.utf8).write(to: stage.routesFile)
            let bad = try ChildProcess("tollgate", ["check", stage.routesFile.path], environment: Stage.credentials)
            #expect(try await bad.waitForExit() == 1)
            let overlap = "from 2020-01-01T00:00:00.000Z until \(cut)"
            #expect(
                bad.lines.contains {
                    $0.contains(#/routes\.json:\d+:\d+: /#)
                        && $0.contains("the provider \"lago\" is duplicated in this route \(overlap)")
                },
                "\(bad.lines)"
            )
        }
    }
}

import Foundation
import TestSupport
import Testing

/// What times decide beside the events' own: when they are accepted, and when a vendor that bills by receipt gets them.
@Suite struct PeriodTests {
    private func routes(_ stage: Stage) throws -> [String: Any] {
        let data = try Data(contentsOf: stage.routesFile)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    private func write(_ routes: [String: Any], _ stage: Stage) throws {
        try JSONSerialization.data(withJSONObject: routes).write(to: stage.routesFile, options: .atomic)
    }

    private static func event(_ id: String, at time: Date) -> String {
        #"{"id":"\#(id)","name":"api","customer_id":"c1","timestamp":"\#(time.ISO8601Format())"}"#
    }

    @Test func `send events by the time of their acceptance, whatever their own`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "flexprice"])
            var file = try routes(stage)
            let change = Date().addingTimeInterval(6)
            let times = ["lago": "accepted_until", "flexprice": "accepted_from"]
            var route = try #require((file["routes"] as? [[String: Any]])?.first)
            route["to"] = (route["to"] as? [[String: Any]])?.map { destination in
                var destination = destination
                if let field = times[destination["provider"] as? String ?? ""] {
                    destination[field] = change.ISO8601Format(
                        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
                    )
                }
                return destination
            }
            file["routes"] = [route]
            try write(file, stage)
            let check = try ChildProcess("tollgate", ["check", stage.routesFile.path], environment: Stage.credentials)
            #expect(try await check.waitForExit() == 0)
            #expect(check.lines.contains { $0.contains("lago (primary, events accepted until ") }, "\(check.lines)")
            try await stage.withGateway { _ async throws in
                var round = 0
                func recipients() async throws -> [Set<String>] {
                    round += 1
                    let ids = ["past\(round)", "now\(round)"]
                    let events = [
                        Self.event(ids[0], at: Date().addingTimeInterval(-86_400)), Self.event(ids[1], at: Date()),
                    ]
                    let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
                    guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
                    var found: [Set<String>] = []
                    for id in ids { found.append(Set(try await stage.statuses(of: id).keys)) }
                    return found
                }
                if Date() < change.addingTimeInterval(-2) {
                    let before = try await recipients()
                    #expect(before == [["lago"], ["lago"]] || Date() >= change)
                }
                try await waitUntil("the time has come") { Date() > change }
                #expect(try await recipients() == [["flexprice"], ["flexprice"]])
                #expect(try await stage.client.get("/v1/config").text.contains(#""accepted_from":"#))
            }
        }
    }

    @Test func `name an event that Polar gets after its customer has moved away`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["polar", "lago"])
            var file = try routes(stage)
            func describe(_ boundary: Date) throws {
                let rows = "customer_id,anchor,interval\nc1,\(boundary.ISO8601Format()),week"
                try Data(rows.utf8).write(to: stage.folder.appending(path: "anchors.csv"))
                file["migrations"] = [
                    "to-lago": [
                        "route": "all", "from": "polar", "to": "lago", "keep": "late",
                        "boundary": ["anchors": "anchors.csv"], "gates": ["min_events": 1],
                    ] as [String: Any]
                ]
                try write(file, stage)
            }
            try describe(Date().addingTimeInterval(86_400))
            try await stage.withGateway { _ async throws in
                let despite = "unexplained,rejected,uncertain,backlog_age"
                let ramp = ["migrate", "ramp", "to-lago", "--share", "100", "--despite", despite]
                #expect(try await migration.run(ramp).code == 0)
                let boundary = Date().addingTimeInterval(4)
                try describe(boundary)
                try await migration.reload()
                try await waitUntil("the customer has moved") { Date() > boundary.addingTimeInterval(1) }
                let events = [
                    Self.event("late", at: boundary.addingTimeInterval(-120)), Self.event("new", at: Date()),
                ]
                let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
                #expect(answer.status == 202, "\(answer.text)")
                #expect(Set(try await stage.statuses(of: "late").keys).contains("polar"))
                #expect(Set(try await stage.statuses(of: "new").keys) == ["lago"])
                try await migration.waitForDeliveries(["polar", "lago"])
                let run = try await migration.compare(["polar", "lago"]).id
                let closed = Migration.Finding(provider: "polar", cause: "period_closed", id: "late")
                #expect(try await migration.findings(run) == [closed])
                let ledger = try await migration.compare(["polar"], level: "ledger").id
                #expect(try await migration.findings(ledger) == [closed])
            }
        }
    }
}

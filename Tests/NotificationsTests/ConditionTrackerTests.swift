import Events
import Notifications
import Testing

/// What a gateway knows of itself becomes what people are told.
@Suite struct ConditionTrackerTests {
    private let start = NotificationTime(instant: .now, wall: Timestamp(milliseconds: 1_800_000_000_000))
    private let rules = NotificationRules()

    private func readings(_ change: (inout ProviderMeasurements) -> Void) -> GatewayMeasurements {
        var provider = ProviderMeasurements()
        provider.backlog = 0
        provider.lost = 0
        change(&provider)
        var readings = GatewayMeasurements()
        readings.providers["lago"] = provider
        readings.disk = .enough
        readings.keys = []
        readings.dataFolder = "/data"
        return readings
    }

    private func kinds(_ readings: GatewayMeasurements, _ tracker: inout ConditionTracker, after seconds: Int = 0)
        -> [NotificationKind]
    {
        tracker.observe(readings, by: rules, at: start + .seconds(seconds)).list.map(\.key.kind)
    }

    @Test func `finds nothing where all is well`() {
        var tracker = ConditionTracker()
        #expect(kinds(readings { _ in }, &tracker) == [])
    }

    @Test func `finds what a single reading says`() {
        let hour = Duration.seconds(3600)
        let cases: [((inout ProviderMeasurements) -> Void, [NotificationKind])] = [
            ({ $0.parked = "401" }, [.parked]),
            // A circuit that opens now is not open for long.
            ({ $0.circuitIsOpen = true }, []), ({ $0.rejected = 3 }, [.deadLetters]),
            ({ $0.uncertain = 1 }, [.uncertain]),
            ({ ($0.backlog, $0.oldestAge) = (5, .seconds(901)) }, [.backlog]),
            ({ ($0.backlog, $0.oldestAge) = (5, .seconds(899)) }, []), ({ $0.lost = 2 }, [.lost]),
            ({ ($0.backlog, $0.oldestAge, $0.memory) = (5, .seconds(60), hour) }, [.memory]),
            ({ ($0.backlog, $0.oldestAge, $0.memory) = (5, .seconds(60), hour * 24) }, []),
            ({ ($0.backlog, $0.memory) = (0, hour) }, []),
        ]
        for (index, (change, expected)) in cases.enumerated() {
            var tracker = ConditionTracker()
            #expect(kinds(readings(change), &tracker) == expected, "case \(index)")
        }
    }

    @Test func `tells of a circuit when it is open for long, and of a parked provider alone`() {
        var tracker = ConditionTracker()
        let open = readings { ($0.circuitIsOpen, $0.lastFault) = (true, "503\nbusy") }
        #expect(kinds(open, &tracker) == [])
        #expect(kinds(open, &tracker, after: 599) == [])
        #expect(kinds(open, &tracker, after: 600) == [.circuitOpen])
        let summary = tracker.observe(open, by: rules, at: start + .seconds(600)).list.first?.summary
        #expect(summary == "lago has failed for 10 min: 503 busy")
        let parked = readings { ($0.circuitIsOpen, $0.parked) = (true, "401") }
        #expect(kinds(parked, &tracker, after: 700) == [.parked])
        #expect(kinds(readings { _ in }, &tracker, after: 701) == [])
        #expect(kinds(open, &tracker, after: 702) == [])
    }

    @Test func `groups dead letters until there was none for a while`() {
        var tracker = ConditionTracker()
        func summary(_ rejected: Int, after seconds: Int) -> String? {
            let readings = self.readings { $0.rejected = rejected }
            return tracker.observe(readings, by: rules, at: start + .seconds(seconds)).list.first?.summary
        }
        #expect(summary(0, after: 0) == nil)
        #expect(summary(1, after: 1) == "lago rejected 1 event.")
        #expect(summary(40, after: 600) == "lago rejected 40 events.")
        #expect(summary(40, after: 1499) == "lago rejected 40 events.")
        #expect(summary(40, after: 1500) == nil)
        // The pipeline began to count again.
        #expect(summary(2, after: 1600) == "lago rejected 2 events.")
    }

    @Test func `is silent about a vendor's memory if the backlog is delivered before it ends`() {
        var tracker = ConditionTracker()
        func kinds(delivered: Int, after seconds: Int) -> [NotificationKind] {
            let readings = self.readings {
                ($0.backlog, $0.oldestAge, $0.memory) = (3600, .seconds(600), .seconds(7800))
                $0.delivered = delivered
            }
            return self.kinds(readings, &tracker, after: seconds)
        }
        #expect(kinds(delivered: 0, after: 0) == [.memory])
        // One a second needs an hour, and two are left.
        #expect(kinds(delivered: 60, after: 60) == [])
        // One in ten seconds needs ten.
        var slow = ConditionTracker()
        swap(&tracker, &slow)
        #expect(kinds(delivered: 0, after: 0) == [.memory])
        #expect(kinds(delivered: 6, after: 60) == [.memory])
    }

    @Test func `takes what cannot be read to be as it was`() {
        var tracker = ConditionTracker()
        var bad = readings { ($0.backlog, $0.oldestAge, $0.lost) = (5, .seconds(1000), 1) }
        bad.disk = .low("full on Thursday")
        #expect(kinds(bad, &tracker) == [.backlog, .lost, .disk])
        var unknown = readings { ($0.backlog, $0.lost) = (nil, nil) }
        (unknown.disk, unknown.keys) = (nil, nil)
        #expect(kinds(unknown, &tracker, after: 5) == [.backlog, .lost, .disk])
        #expect(kinds(readings { _ in }, &tracker, after: 6) == [])
    }

    @Test func `finds what reading events back and canaries say, and names one loss only`() {
        var tracker = ConditionTracker()
        func found(_ change: @escaping (inout ProviderMeasurements) -> Void) -> [String] {
            tracker.observe(readings(change), by: rules, at: start).list.map {
                "\($0.key.kind.rawValue): \($0.summary)"
            }
        }
        #expect(found { $0.lostOfSample = 0 } == [])
        #expect(
            found { $0.lostOfSample = 2 } == [
                "lost: lago has lost 2 events of the sample that is read back, which it had accepted."
            ]
        )
        #expect(found { _ in }.count == 1, "what is not known is as it was")
        #expect(found { ($0.lost, $0.lostOfSample) = (9, 2) } == ["lost: lago has lost 9 events that it had accepted."])
        #expect(found { ($0.lost, $0.lostOfSample) = (0, 0) } == [])
        #expect(
            found { ($0.knowsCanaries, $0.canary) = (true, "it was not shown by lago") } == [
                "canary: A test event for lago has not come through: it was not shown by lago."
            ]
        )
        #expect(found { $0.knowsCanaries = false }.count == 1)
        #expect(found { $0.knowsCanaries = true } == [])
    }

    @Test func `warns of the last key of a client, not of one that another replaces`() {
        func key(_ client: ClientName, _ id: String, _ days: Int?) -> MeasuredKey {
            MeasuredKey(client: client, id: id, expires: days.map { start.wall + .seconds($0 * 86_400) })
        }
        let cases: [([MeasuredKey], [String])] = [
            ([key("app", "a", nil)], []), ([key("app", "a", 8)], []), ([key("app", "a", 6)], ["app"]),
            ([key("app", "a", -1)], ["app"]), ([key("app", "a", 1), key("app", "b", 60)], []),
            ([key("app", "a", 1), key("app", "b", nil)], []),
            ([key("app", "a", 1), key("web", "b", 2)], ["app", "web"]),
        ]
        for (keys, expected) in cases {
            var tracker = ConditionTracker()
            var readings = self.readings { _ in }
            readings.keys = keys
            let found = tracker.observe(readings, by: rules, at: start).list
            #expect(found.map(\.key.subject) == expected)
            #expect(found.allSatisfy { $0.key.kind == .keyExpiry })
        }
    }

    @Test func `forgets a provider that another gateway delivers to`() {
        var tracker = ConditionTracker()
        #expect(kinds(readings { $0.rejected = 3 }, &tracker) == [.deadLetters])
        var moved = GatewayMeasurements()
        moved.providersElsewhere = ["lago"]
        moved.keysAreElsewhere = true
        let conditions = tracker.observe(moved, by: rules, at: start)
        #expect(conditions == Conditions([], providersElsewhere: ["lago"], kindsElsewhere: [.keyExpiry]))
        #expect(kinds(readings { $0.rejected = 0 }, &tracker) == [])
    }
}

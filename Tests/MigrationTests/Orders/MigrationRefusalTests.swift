import Events
import Journal
import Migration
import OfRecord
import Testing

/// What people are told when an order is refused.
@Suite struct MigrationRefusalTests {
    private static let time = Timestamp(milliseconds: 1_798_761_600_000)
    private static let at = "2027-01-01T00:00:00.000Z"

    private static let texts: [(MigrationRefusal, String?)] = [
        (.unknown("to-polar"), "routes.json has no migration \"to-polar\""),
        (.closed(at: time), "the migration was closed at \(at)"),
        (.alreadyStarted, "the migration was started before; use stage to change what the new provider gets"),
        (.notStarted, "the migration was not started; start it first"), (.unchanged("it is so"), "it is so"),
        (.notMirrored, "the new provider does not get all events; set the stage mirror first"),
        (
            .customersMoved,
            "customers move to the new provider, which must get their events; return them first"
        ),
        (.held(since: time), "the migration is held since \(at); resume it first"),
        (.notHeld, "the migration is not held"), (.nothingToReturn, "no customer has moved to the new provider"),
        (.notCut, "customers are still with the old provider, or return to it; cut first"),
        (.notDrained(until: time), "the old provider's last invoice is final at \(at); close the migration then"),
        (.full(limit: 900), "the migration's log has 900 entries, which is the limit; use another migration"),
        (.unknownPlan("p"), "there is no plan \"p\"; plans are kept for 7 days"),
        (.unfinishedPlan("p"), "the plan p has no result yet, or has failed; see `tollgate plan show`"),
        (.stalePlan("p", .routesChanged), "routes.json has changed since the plan p was made; plan again"),
        (
            .stalePlan("p", .logChanged),
            "something was ordered in a migration since the plan p was made; plan again"
        ),
        (.overtaken, "another order came first; look at the migration and order again"),
        (
            .unreadable(UnreadableAct(migration: "m", number: 3, action: "leap")),
            "entry 3 of the migration m (leap) cannot be read by this version; run the version that wrote it, or a newer "
                + "one"
        ),
        (.planFile(reason: "line 1"), "the plan cannot be read: line 1"), (.store(.closed), nil),
    ]

    @Test(arguments: texts)
    func `says why, and what to do`(refusal: MigrationRefusal, text: String?) {
        #expect(refusal.message == text)
    }

    private static let measured: GateMeasurements = {
        var measured = GateMeasurements()
        measured.unexplained = .init(3, at: MigrationSample.now, events: 1000)
        measured.rejected = .init(Fraction(0, of: 10), at: MigrationSample.now, events: 10)
        measured.uncertain = .init(0, at: MigrationSample.now, events: 0)
        measured.backlogAge = .init(.seconds(700), at: MigrationSample.now + .seconds(-86_401), events: 1000)
        return measured
    }()

    private static func status(_ gate: Gate) -> GateStatus {
        MigrationSample.gates.statuses(by: measured, at: MigrationSample.now).first { $0.gate == gate }!
    }

    @Test(
        arguments: [
            (Gate.unexplained, "red: 3, at most 0"), (.uncertain, "green: 0, at most 0"),
            (.usage, "unknown: not measured yet"), (.rejected, "unknown: measured on 10 events, which is too few"),
            (
                .backlogAge,
                "unknown: last measured for \((MigrationSample.now + .seconds(-86_401)).rfc3339), which is too long ago"
            ),
        ]
    )
    func `says how a gate stands`(gate: Gate, text: String) {
        #expect(Self.status(gate).text == text)
    }

    @Test func `names the gates that are closed, and how to override them`() {
        let refusal = MigrationRefusal.gates([Self.status(.unexplained), Self.status(.usage)])
        #expect(
            refusal.message
                == "unexplained is red: 3, at most 0; usage is unknown: not measured yet; override with despite "
                + "(unexplained,usage)"
        )
    }

    // MARK: Conditions

    @Test func `shows a gate as a condition with its figure and what is wrong with it`() throws {
        let facts = MigrationFacts(at: MigrationSample.now)
        let status = MigrationStatus(MigrationSample.outline(), MigrationSample.records(.stage(.mirror)), facts)
        let conditions = status.conditions(of: .ramp)
        #expect(conditions.map(\.name) == ["unexplained", "rejected", "uncertain", "backlog_age"])
        #expect(conditions.allSatisfy { $0.color == .unknown && $0.text == "not measured yet" })
    }
}

import Events
import Ingress
import Journal
import JournalSQLite
import TestSupport
import Testing

@testable import Gateway

/// What `readyz` says of each part, and whether the gateway is ready as a whole.
@Suite struct GatewayReadinessTests {
    private func item(_ name: String, _ report: ReadinessReport) throws -> ReadinessItem {
        try #require(report.items?.first { $0.name == name })
    }

    @Test(
        arguments: [
            (ScriptedStoreState(), true, "sqlite: readable"),
            (
                ScriptedStoreState(isDraining: true), false,
                "sqlite: draining; `tollgate nodes drain --undo` ends it"
            ),
            (
                ScriptedStoreState(outage: StoreOutage(duration: .milliseconds(4999), reason: "no route")), true,
                "sqlite: cannot be reached for 4 s: no route"
            ),
            (
                ScriptedStoreState(outage: StoreOutage(duration: .seconds(5), reason: "no route")), false,
                "sqlite: cannot be reached for 5 s: no route"
            ),
            (
                ScriptedStoreState(fullness: .disk), false,
                "sqlite: full, so events are refused: the disk is full; free some space"
            ),
            (
                ScriptedStoreState(fullness: .limit), false,
                "sqlite: full, so events are refused: the journal is as large as --disk-limit-mb allows; raise it, or shorten "
                    + "--retention"
            ),
            // What keeps a gateway from its journal comes before what is wrong with the journal.
            (
                ScriptedStoreState(
                    outage: StoreOutage(duration: .seconds(9), reason: "x"),
                    fullness: .disk,
                    isDraining: true
                ),
                false, "sqlite: draining; `tollgate nodes drain --undo` ends it"
            ),
        ] as [(ScriptedStoreState, Bool, String)]
    )
    func `a store that refuses events keeps the gateway from being ready`(
        state: ScriptedStoreState,
        isReady: Bool,
        detail: String
    ) async throws {
        try await ReportedStage.with(state) { (stage) async throws in
            let report = await stage.readiness(environment: ["L": "k", "O": "k"])
            let store = try item("store", report)
            #expect(store.isReady == isReady && store.detail == detail && store.isEssential && store.provider == nil)
            #expect(report.isReady == isReady)
        }
    }

    @Test func `a journal that cannot be read keeps the gateway from being ready`() async throws {
        try await ReportedStage.with { (stage) async throws in
            await stage.store.close()
            let report = await stage.readiness(environment: ["L": "k", "O": "k"])
            #expect(try item("store", report).detail == "sqlite: the store cannot be read" && !report.isReady)
        }
    }

    @Test func `has an item for each account, in the order of the file, and none is essential`() async throws {
        try await ReportedStage.with { (stage) async throws in
            let report = await stage.readiness(environment: ["L": "k"])
            #expect(
                report.isReady
                    && report.items?.map(\.name) == ["store", "routes", "provider lago", "provider lago@own"]
            )
            let routes = try item("routes", report)
            #expect(routes.detail == "1 route, 2 providers" && routes.isReady && routes.isEssential)
            let lago = try item("provider lago", report)
            #expect(lago.detail == "starting" && !lago.isReady && !lago.isEssential && lago.provider == "lago")
            let own = try item("provider lago@own", report)
            #expect(own.detail.contains("O") && !own.isReady, "the variable of its key is not set: \(own.detail)")
        }
    }

    @Test func `names providers that are gone while deliveries wait for them`() async throws {
        try await ReportedStage.with { (stage) async throws in
            try await stage.append(2, for: "old", age: .zero)
            try await stage.append(1, for: "lago", age: .zero)
            let report = await stage.readiness(environment: ["L": "k", "O": "k"])
            let old = try item("provider old", report)
            #expect(old.detail == "routes.json no longer has it, and deliveries wait for it" && !old.isReady)
            #expect(report.isReady && report.items?.last == old)
        }
    }

    @Test(
        arguments: [
            (.small, true, false, "agrees with the database's"),
            (
                .noticeable(.milliseconds(2500)), false, false,
                "the database's is 2 s ahead; synchronize this machine's clock, for example by NTP"
            ),
            (
                .large(.seconds(-40)), false, true,
                "the database's is 40 s behind; synchronize this machine's clock, for example by NTP"
            ),
        ] as [(ClockDifference, Bool, Bool, String)]
    )
    func `a clock that is far off keeps the gateway from being ready`(
        difference: ClockDifference,
        isReady: Bool,
        isEssential: Bool,
        detail: String
    ) {
        let item = GatewayReadiness.clockItem(difference)
        #expect(item.name == "clock" && item.isReady == isReady && item.isEssential == isEssential)
        #expect(item.detail == detail)
    }

    @Test(arguments: [(DoctorReport.Verdict.well, true), (.warning, true), (.problem, false)])
    func `a disk that is nearly full is told, and keeps nobody out`(verdict: DoctorReport.Verdict, isReady: Bool) {
        let item = GatewayReadiness.diskItem(DoctorReport.Line("disk", verdict, "3 GB left"))
        #expect(item == ReadinessItem(name: "disk", isReady: isReady, detail: "3 GB left", isEssential: false))
    }

    @Test func `says of each reason why no events are accepted how to end it`() {
        #expect(StoreFullness.backlog.explanation.hasSuffix("let it deliver, discard what waits, or raise the limit"))
        #expect(StoreFullness.index.explanation.hasPrefix("the index of event IDs cannot be written; free some space"))
    }
}

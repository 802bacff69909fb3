import Foundation
import TestSupport
import Testing

/// Kills the gateway at random moments under load against failing vendors, and then counts what every vendor would bill.
@Suite struct CrashTests {
    private static let kills = 20
    private static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1 ... .max)

    @Test func `finds every acknowledged event at every vendor exactly once after twenty kills`() async throws {
        var random = SeededDice(state: Self.seed)
        try await Stage.set { (stage) async throws in
            for vendor in ["lago", "polar", "flexprice", "knetik"] {
                try await stage.setFaults(
                    vendor,
                    #"{"latency_ms":[0,20],"status":{"503":0.05,"429":0.03,"500":0.02},"status_after":{"502":0.05},"reset_before":0.03,"reset_after":0.03,"retry_after":1,"seed":\#(Self.seed % 1000)}"#
                )
            }
            let load = Load(client: stage.client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 { group.addTask { await load.run(worker) } }
                for _ in 0..<Self.kills {
                    let gateway = try await stage.startGateway()
                    let before = load.acknowledged.count
                    let wanted = Int(random.next() % 150) + 5
                    try await waitUntil("load gets through") { load.acknowledged.count >= before + wanted }
                    try await gateway.stop(by: SIGKILL)
                }
                load.stop()
                try await group.waitForAll()
            }
            #expect(load.acknowledged.count > Self.kills * 5)
            try await stage.withGateway { _ async throws in
                try await BillCheck(stage: stage, seed: Self.seed).check(load)
            }
        }
    }
}

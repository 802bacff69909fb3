import Foundation
import Synchronization
import TestSupport
import Testing

/// Kills the gateway at random moments under load against failing vendors, and then counts what every vendor would bill.
@Suite struct CrashTests {
    private static let kills = 20
    private static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1 ... .max)

    @Test func `finds every acknowledged event at every vendor exactly once after twenty kills`() async throws {
        var random = CrashDice(state: Self.seed)
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
            try await settle(stage, load.acknowledged)
        }
    }

    /// Calms the vendors, lets the gateway finish, and checks every bill.
    private func settle(_ stage: Stage, _ acknowledged: Set<String>) async throws {
        for vendor in ["lago", "polar", "flexprice", "knetik"] { try await stage.setFaults(vendor, "{}") }
        #expect(acknowledged.count > Self.kills * 5)
        try await stage.withGateway { _ async throws in
            for vendor in ["lago", "polar", "flexprice"] {
                try await waitUntil("\(vendor) has every acknowledged event (seed \(Self.seed))", within: .seconds(120))
                {
                    try await acknowledged.isSubset(of: Set(stage.billed(vendor)))
                }
                let billed = try await stage.billed(vendor)
                #expect(Set(billed).count == billed.count, "\(vendor) bills an event twice (seed \(Self.seed))")
            }
            try await waitUntil("every event is at Knetik or uncertain (seed \(Self.seed))", within: .seconds(120)) {
                let known = Set(try await stage.billed("knetik")).union(
                    try await stage.deliveries("knetik", "uncertain")
                )
                return acknowledged.isSubset(of: known)
            }
            let billed = try await stage.billed("knetik")
            #expect(Set(billed).count == billed.count, "Knetik counts an event twice (seed \(Self.seed))")
        }
    }
}

/// Applications that post events without pause, and repeat what was not acknowledged.
private final class Load: Sendable {
    private struct State {
        var acknowledged: Set<String> = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let client: WebClient

    init(client: WebClient) {
        self.client = client
    }

    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    func run(_ worker: Int) async {
        var number = 0
        while !state.withLock({ $0.isStopped }) {
            let id = "w\(worker)-\(number)"
            let event = #"{"id":"\#(id)","name":"n","customer_id":"c\#(number % 7)","properties":{"n":\#(number)}}"#
            do {
                let answer = try await client.post("/v1/events", event)
                guard answer.status == 202 else { continue }
                _ = state.withLock { $0.acknowledged.insert(id) }
                number += 1
            } catch {
                // The gateway is down: the application asks again with the same id until a connection is taken.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}

/// Random numbers that a seed repeats.
private struct CrashDice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

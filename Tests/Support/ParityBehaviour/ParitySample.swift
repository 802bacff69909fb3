import Events
import Parity

/// What the checks work with.
enum ParitySample {
    static let now = Timestamp(milliseconds: 1_750_000_000_000)
    static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
    static let halves = (
        ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 500)),
        ReadWindow(from: Timestamp(milliseconds: 500), until: Timestamp(milliseconds: 1000))
    )

    static func order(_ providers: [ProviderName] = ["polar", "lago"]) -> ParityOrder {
        ParityOrder(window: window, providers: providers, level: .digest, sample: 77)
    }

    static func add(
        to storage: any ParityStorage,
        _ order: ParityOrder = order()
    ) async throws -> ParityRun {
        try await storage.add(order, for: "shop", by: "web", at: now)
    }

    /// A run that this process makes, with these windows.
    static func reading(
        _ storage: any ParityStorage,
        _ windows: [ReadWindow] = [halves.0, halves.1]
    ) async throws -> ParityRun {
        _ = try await add(to: storage)
        guard let run = try await storage.next() else {
            throw BrokenParityPromise(description: "a run that was added is not next")
        }
        try await storage.plan(windows, events: 5, [], for: run.id)
        return run
    }

    /// - Parameter time: of the event; by default so many milliseconds after 1970.
    static func finding(
        _ number: Int,
        _ cause: Cause = .lostAfterAccept,
        name: String = "call",
        at time: Timestamp? = nil
    ) -> Finding {
        Finding(
            key: "key \(number)",
            provider: "lago",
            cause: cause,
            about: FindingSubject(
                sequence: SequenceNumber(Int64(number)),
                tenant: "shop",
                eventID: "event \(number)",
                vendorID: number % 2 == 0 ? "vendor \(number)" : nil,
                name: name,
                customerID: "customer \(number % 3)",
                subscriptionID: number % 2 == 0 ? "subscription" : nil,
                timestamp: time ?? Timestamp(milliseconds: Int64(number))
            ),
            differences: number % 2 == 0
                ? [ContentDifference(field: "name", kind: .value, sent: "\"a\"", shown: nil)] : [],
            detail: number % 2 == 0 ? "a detail with \"quotes\" and é" : nil,
            isConfirmed: number % 2 == 0
        )
    }
}

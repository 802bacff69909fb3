package import Journal
package import JournalFormat
package import Logging

/// Copies the events of a journal into a database while a gateway goes on with it, so that ``JournalMove`` has little left to do when the
/// gateway is stopped.
package struct EventCopy: Sendable {
    private let source: any MovableEvents
    private let settings: PostgresStoreSettings
    private let logger: Logger

    /// The copy is up with the journal when this many events are left.
    private static let fewEvents: Int64 = 5000
    /// Pause between two looks at a journal that has nothing new.
    private static let pause = Duration.seconds(1)

    /// - Parameters:
    ///   - source: a journal that a gateway has open.
    ///   - settings: where it goes.
    package init(from source: any MovableEvents, to settings: PostgresStoreSettings, logger: Logger) {
        self.source = source
        self.settings = settings
        self.logger = logger
    }

    /// Copies what there is, and then what comes, until it is told to end.
    /// - Parameters:
    ///   - told: called with how far it has come.
    ///   - isUp: called once, when few events are left.
    ///   - isOver: asked after each pass, whether the gateway has stopped.
    package func run(
        _ told: @escaping @Sendable (MoveProgress) -> Void,
        isUp: @Sendable () -> Void,
        until isOver: @Sendable () throws(StoreError) -> Bool
    ) async throws(StoreError) {
        try await EventsMove.withConnection(settings) { (connection) throws(StoreError) in
            let move = EventsMove(source: source, settings: settings, connection: connection, logger: logger)
            try await move.prepare()
            var (last, wasUp): (Int64, Bool) = (0, false)
            while true {
                let newest = try await source.movedNumbers()?.upperBound ?? 0
                if newest > last { try await move.move(told) }
                // What has come since the pass began.
                let isNearlyDone = newest - last <= Self.fewEvents
                last = newest
                if isNearlyDone, !wasUp {
                    wasUp = true
                    isUp()
                }
                if try isOver() { return }
                guard isNearlyDone else { continue }
                do { try await Task.sleep(for: Self.pause) } catch { throw .closed }
            }
        }
    }
}

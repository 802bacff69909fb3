package import Events
package import Foundation
import GRDB
package import Journal
import JournalFormat

/// Reads events with their deliveries out of a journal, in its order; a gateway may run meanwhile.
package struct JournalExport: Sendable {
    /// Which events; conditions that are nil do not restrict.
    package struct Selection: Sendable, Equatable {
        /// Of the events' timestamps; half-open.
        package var from: Timestamp?
        package var until: Timestamp?
        /// Of the times of acceptance; half-open.
        package var acceptedFrom: Timestamp?
        package var acceptedUntil: Timestamp?
        package var tenant: TenantID?

        package init() {}

        func takes(_ event: AcceptedEvent) -> Bool {
            (from.map { event.timestamp >= $0 } ?? true) && (until.map { event.timestamp < $0 } ?? true)
                && (acceptedFrom.map { event.acceptedAt >= $0 } ?? true)
                && (acceptedUntil.map { event.acceptedAt < $0 } ?? true) && (tenant.map { event.tenant == $0 } ?? true)
        }

        /// Whether a chunk may have such events.
        func mayTake(acceptedWithin range: ClosedRange<Int64>) -> Bool {
            (acceptedFrom.map { range.upperBound >= $0.milliseconds } ?? true)
                && (acceptedUntil.map { range.lowerBound < $0.milliseconds } ?? true)
        }
    }

    /// What was read.
    package struct Report: Sendable, Equatable {
        package internal(set) var events: Int64 = 0
        /// Chunks whose events are missing, because they are damaged.
        package internal(set) var damaged: [JournalFault] = []
    }

    private let file: JournalFile
    private let selection: Selection

    /// Chunks that are read in one state of the journal.
    private static let sliceBytes = 4 << 20

    /// - Throws: ``StoreError`` if there is no journal that can be read, or its layout is an older one.
    package init(of folder: URL, _ selection: Selection) throws(StoreError) {
        file = try JournalFile(reading: folder)
        try file.requireCurrent()
        self.selection = selection
    }

    /// Blocks until everything is read.
    /// - Parameter body: is given each event; false ends the export.
    package func run(_ body: (ArchivedEvent) -> Bool) throws(StoreError) -> Report {
        var report = Report()
        var next: Int64? = 0
        while let from = next {
            next = try file.read { db in try slice(from: from, &report, db, body) }
        }
        return report
    }

    /// - Returns: where the next slice begins; nil after the last one.
    private func slice(
        from: Int64,
        _ report: inout Report,
        _ db: Database,
        _ body: (ArchivedEvent) -> Bool
    ) throws -> Int64? {
        let names = try file.reader(db).names.current
        var deliveries = DeliveryAssembly(db: db, names: names)
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(ChunkRow.columns) FROM chunks WHERE first >= ? ORDER BY first",
            arguments: [from]
        )
        var bytes = 0
        while let row = try rows.next().map(ChunkRow.init) {
            guard selection.mayTake(acceptedWithin: try row.accepted()) else { continue }
            bytes += try row.contentBytes()
            switch try row.events(names: names) {
            case .success(let chunk):
                guard try write(chunk, &deliveries, &report, body) else { return nil }
            case .failure(let fault):
                guard report.damaged.count < CheckReport.mostFaults else { break }
                report.damaged.append(JournalFault(.chunk(first: row.first, last: row.last), fault.reason))
            }
            if bytes >= Self.sliceBytes { return row.last + 1 }
        }
        return nil
    }

    private func write(
        _ chunk: ChunkEvents,
        _ deliveries: inout DeliveryAssembly,
        _ report: inout Report,
        _ body: (ArchivedEvent) -> Bool
    ) throws -> Bool {
        var isLoaded = false
        for (offset, event) in chunk.events.enumerated() where selection.takes(event) {
            if !isLoaded {
                try deliveries.load(chunk.first.rawValue...chunk.last.rawValue)
                isLoaded = true
            }
            let sequence = chunk.first.advanced(by: offset)
            let archived = ArchivedEvent(
                sequence: sequence,
                event: event,
                deliveries: try deliveries.all(of: event, at: sequence.rawValue)
            )
            report.events += 1
            guard body(archived) else { return false }
        }
        return true
    }
}

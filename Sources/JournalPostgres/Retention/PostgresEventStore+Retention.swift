package import Events
package import Journal
import JournalFormat
import Logging

extension PostgresEventStore: JournalAdministration {
    /// Does nothing while another node does it.
    package func note(_ time: Timestamp) async throws(StoreError) {
        _ = try await run(.noteTime, [.int8(time.milliseconds)])
    }

    package func removeSettled(acceptedBefore limit: Timestamp) async throws(StoreError) -> Int {
        // What is settled here counts, though its cursor is written down about once a second only.
        let upkeep = ledger.upkeep
        try await readPoint { (session) throws(PostgresFailure) in try upkeep.saveCursors(session) }
        guard let node = ledger.keeper.node, let duty = try await retentionDuty(for: node) else { return 0 }
        let removed: Result<Int, StoreError>
        do throws(StoreError) {
            removed = .success(try await removeSettled(acceptedBefore: limit, as: duty))
        } catch {
            removed = .failure(error)
        }
        do throws(PostgresFailure) {
            try await duty.giveBack()
        } catch {
            // The node takes it again the next time; if it is gone by then, others do.
            if !Task.isCancelled {
                parts.logger.warning(
                    "the retention duty was not given back",
                    metadata: ["reason": "\(error.reason)"]
                )
            }
        }
        if case .failure(.leaseLost) = removed {
            parts.logger.notice("another gateway continues to remove old events")
            return 0
        }
        return try removed.get()
    }

    /// - Returns: nil while another node removes old events.
    func retentionDuty(for node: Int64) async throws(StoreError) -> DutyLease? {
        do throws(PostgresFailure) {
            return try await DutyLease.take(.retention, for: node, over: parts.duties)
        } catch {
            throw parts.reach.error(error)
        }
    }

    /// - Throws: ``StoreError/leaseLost`` if another node has taken the duty.
    func removeSettled(acceptedBefore limit: Timestamp, as duty: DutyLease) async throws(StoreError) -> Int {
        var events = 0
        var rest: Int64 = 0
        // A day that is over gets no more events.
        let today = DayPartitions.Day(holding: parts.clock.now)
        let days = try await guarded(by: duty) { (removal) throws(PostgresFailure) in try await removal.days() }
        for day in days where day.end <= today.first {
            if rest < day.first { events += try await remove(rest..<day.first, limit, duty) }
            if try await canGo(day.first..<day.end, limit) {
                events += try await guarded(by: duty) { (removal) throws(PostgresFailure) in try await removal.drop(day)
                }
                parts.cache.remove(firstIn: day.first...day.end)
            } else {
                events += try await remove(day.first..<day.end, limit, duty)
            }
            rest = day.end
        }
        events += try await remove(rest..<Int64.max, limit, duty)
        try await dropIdentities(duty)
        return events
    }

    /// Whether nothing of a range has to stay.
    private func canGo(_ range: Range<Int64>, _ limit: Timestamp) async throws(StoreError) -> Bool {
        var walk = RetentionWalk(range, before: limit)
        while let step = try await next(&walk) {
            guard step.isWhole else { return false }
        }
        return true
    }

    /// Removes what can go of a range, chunk by chunk.
    private func remove(_ range: Range<Int64>, _ limit: Timestamp, _ duty: DutyLease) async throws(StoreError) -> Int {
        var (walk, events) = (RetentionWalk(range, before: limit), 0)
        while let step = try await next(&walk) {
            guard !step.removable.isEmpty else { continue }
            let parameters: [Parameter] = [
                .int2(step.slot), .int8s(step.removable.map(\.first)), .int8s(step.removable.map(\.last)),
            ]
            let removed = try await guarded(by: duty) { (removal) throws(PostgresFailure) in
                try await removal.connection.run(.removeChunks, parameters)
            }
            events += Int(clamping: removed.first?.integer(0) ?? 0)
            for chunk in step.removable { parts.cache.remove(firstIn: chunk.first...chunk.first) }
        }
        return events
    }

    /// The next chunks of a walk; nil at its end.
    private func next(_ walk: inout RetentionWalk) async throws(StoreError) -> RetentionWalk.Step? {
        let current = walk
        let (moved, step) = try await read(on: parts.walks) { (session) throws(PostgresFailure) in
            var walk = current
            let step = try walk.step(session)
            return (walk, step)
        }
        walk = moved
        return step
    }

    /// Drops the parts of the identities that have none of an event that is there.
    private func dropIdentities(_ duty: DutyLease) async throws(StoreError) {
        let logger = parts.logger
        try await guarded(by: duty) { (removal) throws(PostgresFailure) in
            for row in try await removal.connection.run(.readEmptyIdentityParts) {
                let part = Int32(clamping: row.integer(0))
                // Nodes that still ask the table find it gone, and read which parts there are.
                try await removal.connection.run(.forgetIdentityPart, [.int4(part)])
                try await removal.connection.run(.dropTable("identities_\(part)"))
                logger.info("dropped a part of the identities", metadata: ["part": "\(part)"])
            }
        }
    }

    /// A step that two nodes must not do at once.
    private func guarded<Value: Sendable>(
        by duty: DutyLease,
        _ body: (DayRemoval) async throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(PostgresFailure) {
            if try await duty.isHeld() {
                return try await body(DayRemoval(connection: parts.duties, logger: parts.logger))
            }
        } catch {
            throw parts.reach.error(error)
        }
        throw .leaseLost
    }
}

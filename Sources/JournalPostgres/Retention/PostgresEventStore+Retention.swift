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
        try await read(on: parts.claims) { (session) throws(PostgresFailure) in try upkeep.saveCursors(session) }
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
            // The node takes it again the next time; if it has ended by then, others do.
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
        // A day that has been over for so long gets no more events: no append takes that long.
        let over = SlotNumbers.lowest(at: parts.clock.now + .seconds(-3600))
        let days = try await guarded(by: duty) { (removal) throws(PostgresFailure) in try await removal.days() }
            .filter { $0.day.end <= over }
        for found in days where found.isBegun { events += try await drop(found.day, duty) }
        events += try await removeDays(days.filter { !$0.isBegun }.map(\.day), limit, duty)
        try await dropIdentities(duty)
        try await guarded(by: duty) { (removal) throws(PostgresFailure) in try await removal.removeFlightsOfEndedLanes()
        }
        return events
    }

    /// Removes what can go of these days, which ascend, and of all that is between and after them; up to the first day that is too young.
    private func removeDays(_ days: [DayPartitions.Day], _ limit: Timestamp, _ duty: DutyLease)
        async throws(StoreError) -> Int
    {
        var events = 0
        var rest: Int64 = 0
        for day in days {
            if rest < day.first { events += try await remove(rest..<day.first, limit, duty).events }
            if try await canGo(day.first..<day.end, limit) {
                events += try await drop(day, duty)
            } else {
                let removed = try await remove(day.first..<day.end, limit, duty)
                events += removed.events
                if removed.isInVain { return events }
            }
            rest = day.end
        }
        return events + (try await remove(rest..<Int64.max, limit, duty)).events
    }

    private func drop(_ day: DayPartitions.Day, _ duty: DutyLease) async throws(StoreError) -> Int {
        let events = try await guarded(by: duty) { (removal) throws(PostgresFailure) in try await removal.drop(day) }
        parts.cache.remove(firstIn: day.first...day.end)
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
    /// - Returns: how many events, and whether all chunks of the range are too young.
    private func remove(_ range: Range<Int64>, _ limit: Timestamp, _ duty: DutyLease) async throws(StoreError) -> (
        events: Int, isInVain: Bool
    ) {
        var (walk, events) = (RetentionWalk(range, before: limit), 0)
        while let step = try await next(&walk) {
            guard let last = step.removable.last?.last else { continue }
            let parameters: [Parameter] = [
                .int2(step.slot), .int8s(step.removable.map(\.first)), .int8s(step.removable.map(\.last)),
            ]
            let removed = try await guarded(by: duty) { (removal) throws(PostgresFailure) in
                // By itself, since the slot's row is what appends wait for; and before the events go, since their numbers must not be given
                // again. That it is noted of some that are still there changes nothing.
                try await removal.connection.run(.noteRemoved, [.int2(step.slot), .int8(last)])
                return try await removal.connection.run(.removeChunks, parameters)
            }
            events += Int(clamping: removed.first?.integer(0) ?? 0)
            for chunk in step.removable { parts.cache.remove(firstIn: chunk.first...chunk.first) }
        }
        return (events, walk.isInVain)
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
                try await removal.connection.transaction(IdentityFilters.forgetting(part))
                try await removal.connection.run(.dropTable("identities_\(part)"))
                logger.info("dropped a part of the identities", metadata: ["part": "\(part)"])
            }
            for row in try await removal.connection.run(.readForgottenIdentities) {
                try await removal.connection.run(.dropTable("identities_\(row.integer(0))"))
            }
            try await removal.connection.run(.removeForgottenFilters)
        }
    }

    /// A step that two nodes must not do at once.
    private func guarded<Value: Sendable>(
        by duty: DutyLease,
        _ body: (DayRemoval) async throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(PostgresFailure) {
            if try await duty.isHeld() {
                return try await body(DayRemoval(connection: parts.removals, logger: parts.logger))
            }
        } catch {
            throw parts.reach.error(error)
        }
        throw .leaseLost
    }
}

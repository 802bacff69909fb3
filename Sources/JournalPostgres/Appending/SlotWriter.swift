import Events
import Journal
import JournalFormat
import Logging
import Telemetry

/// Writes one slot: one append at a time, so that nobody can see a chunk of the slot without those before it.
final class SlotWriter: Sendable {
    private let parts: StoreParts
    private let queue: AppendQueue
    private let slots: any SlotKeeping
    /// Which of the node's writers it is.
    private let number: Int
    private let connection: PostgresConnection

    /// How long it waits before it tries again what can succeed by itself.
    private static let pause = Duration.milliseconds(20)
    /// How many groups after a repeat keys are looked up first.
    private static let lookUpsAfterRepeat = 256
    /// How long it goes without looking for new filters.
    private static let partsAge = Duration.seconds(60)

    init(_ parts: StoreParts, number: Int, queue: AppendQueue, slots: any SlotKeeping) {
        self.parts = parts
        self.number = number
        self.queue = queue
        self.slots = slots
        // A plan that was made while a part was empty must not read it whole later.
        var settings = parts.settings.connection(
            "append",
            session: ["enable_seqscan": "off"],
            identity: parts.identity
        )
        // Nothing is cancelled: who has waited too long closes the connection.
        settings.patience = min(settings.patience, parts.settings.outagePatience)
        connection = PostgresConnection(settings)
    }

    /// Appends until the queue is closed and empty.
    func run() async {
        // On the connection's thread: an append would be handed to another one and back otherwise, and each takes its time to wake.
        await withTaskExecutorPreference(connection) { await appendAll() }
        await connection.close()
    }

    private func appendAll() async {
        var holding = Holding()
        var hasFailed = false
        while let entries = await queue.next(for: number, hasFailed: hasFailed) {
            do throws(StoreError) {
                let results = try await store(entries, &holding)
                hasFailed = false
                for (entry, results) in zip(entries, results) { entry.answer.give(.success(results)) }
            } catch {
                hasFailed = true
                for entry in entries { entry.answer.give(.failure(error)) }
            }
        }
    }

    /// What the writer holds from one group to the next.
    private struct Holding {
        var slot: HeldSlot?
        var identityParts: IdentityParts?
        /// When these were read: an old list is right, and does not know the newest filters.
        var readAt = ContinuousClock.now
        /// For how many more groups the append looks the keys up before it writes. Without, a group costs half as many walks through the
        /// index, and a repeat costs another try; repeats come together.
        var lookUps = 0
    }

    private struct HeldSlot {
        var lease: SlotLease
        var numbers: SlotNumbers
        /// Whether an append under the lease was not answered: it may be carried out at any time, until the lease has another epoch.
        var isDoubtful = false
    }

    /// Stores a group, however many tries it takes, as long as there is hope and time.
    private func store(_ entries: [AppendQueue.Entry], _ holding: inout Holding) async throws(StoreError)
        -> [[AppendResult]]
    {
        let (requests, begun) = (entries.map(\.append), ContinuousClock.now)
        var knowledge = GroupKnowledge()
        while true {
            var failure: PostgresFailure
            do throws(PostgresFailure) {
                let identityParts = try await current(&holding)
                knowledge.keep(whileClosed: identityParts.closed)
                let decision = GroupDecision(
                    requests,
                    taken: knowledge.taken,
                    given: knowledge.given,
                    keys: parts.keys
                )
                if try await ask(identityParts, for: decision, &knowledge) { continue }
                guard !decision.accepted.isEmpty else { return decision.results(numbers: []) }
                guard let slot = try await certainSlot(&holding) else { continue }
                let group = chunks(of: decision, requests, slot, &holding)
                knowledge.given.formUnion(group.numbers)
                // The numbers of names may have been lost with the database's newest commits.
                guard entries.allSatisfy({ $0.append.generation == parts.names.generation }) else {
                    throw PostgresFailure.unreachable(reason: "the database has lost commits; send the events again")
                }
                let sent = ContinuousClock.now
                let outcome = try await send(group, decision, slot.lease, identityParts, looksUp: holding.lookUps > 0)
                if case .stored = outcome {
                    holding.lookUps = max(0, holding.lookUps - 1)
                    parts.metrics.committed(events: Int64(group.numbers.count), in: .now - sent)
                    parts.reach.appended()
                    remember(group, slot.lease)
                    return decision.results(numbers: group.numbers)
                }
                guard let reason = try await learn(outcome, decision, group, &holding, &knowledge) else { continue }
                failure = .unknown(reason: reason)
            } catch {
                failure = error
                // A closed part was dropped just now; or tables that will not come back.
                if error.isRefusal(.undefinedTable) { forgetParts(&holding, &knowledge) }
            }
            // Callers wait from before the writer takes their requests.
            let nobodyWaits = entries.allSatisfy(\.answer.isGiven)
            let isLate = nobodyWaits || .now >= begun + parts.settings.outagePatience
            if isLate, failure.showsOutage {
                let asked = entries.map { $0.deadline - parts.settings.outagePatience }.min() ?? begun
                parts.reach.appendFailed(since: min(asked, begun), begun: begun, failure.reason)
            }
            guard failure.canPass, !isLate, entries.allSatisfy({ $0.append.generation == parts.names.generation })
            else {
                parts.metrics.failed()
                throw parts.reach.error(failure)
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    // MARK: What a try needs

    private func current(_ holding: inout Holding) async throws(PostgresFailure) -> IdentityParts {
        if let known = holding.identityParts, .now < holding.readAt + Self.partsAge { return known }
        holding.readAt = .now
        let read = IdentityParts(try await connection.run(.readIdentityParts))
        holding.identityParts = read
        parts.filters.keep(read)
        return read
    }

    /// A slot under whose lease nothing is in flight.
    /// - Returns: nil if the slot has just been lost.
    private func certainSlot(_ holding: inout Holding) async throws(PostgresFailure) -> HeldSlot? {
        if holding.slot == nil {
            holding.slot = try await take()
        } else if holding.slot?.isDoubtful == true {
            try await renew(&holding)
        }
        return holding.slot
    }

    /// Gives the lease of the slot another epoch. What was not answered under the one before has committed then, or never will: numbers
    /// above its own can be given.
    private func renew(_ holding: inout Holding) async throws(PostgresFailure) {
        guard let lease = holding.slot?.lease else { return }
        // It may run twice, and late: it stays doubtful until this is answered.
        let row = try await connection.run(.renewSlot, [.int2(lease.slot), .int8(lease.epoch), .int8(lease.node)]).first
        guard let row else { return loseSlot(&holding) }
        holding.slot?.lease = SlotLease(slot: lease.slot, epoch: row.integer(0), node: lease.node)
        holding.slot?.isDoubtful = false
    }

    private func loseSlot(_ holding: inout Holding) {
        guard let slot = holding.slot?.lease.slot else { return }
        parts.logger.warning("lost a slot of the journal", metadata: ["slot": "\(slot)"])
        slots.leave(slot)
        holding.slot = nil
    }

    private func take() async throws(PostgresFailure) -> HeldSlot {
        let lease: SlotLease
        do throws(StoreError) {
            lease = try await slots.takeSlot()
        } catch {
            throw error == .closed ? .closed : .unreachable(reason: "no slot could be taken: \(error)")
        }
        do throws(PostgresFailure) {
            // Read after the slot was taken: nothing of its holders before comes later.
            let newest = try await connection.run(.readNewestChunk, [.int2(lease.slot)]).first?.optionalInteger(0)
            return HeldSlot(lease: lease, numbers: SlotNumbers(slot: lease.slot, newest: newest))
        } catch {
            slots.leave(lease.slot)
            throw error
        }
    }

    private func chunks(
        of decision: GroupDecision,
        _ requests: [PreparedAppend],
        _ slot: HeldSlot,
        _ holding: inout Holding
    ) -> ChunkGroup {
        var slot = slot
        let group = ChunkGroup(
            decision.accepted,
            of: requests,
            numberedBy: &slot.numbers,
            at: parts.clock.now,
            names: parts.names.current,
            limitBytes: parts.settings.chunkBytes
        )
        holding.slot = slot
        return group
    }

    // MARK: One try

    private func send(
        _ group: ChunkGroup,
        _ decision: GroupDecision,
        _ lease: SlotLease,
        _ identityParts: IdentityParts,
        looksUp: Bool
    ) async throws(PostgresFailure) -> AppendOutcome {
        let open = identityParts.open
        do throws(PostgresFailure) {
            let sent = AppendParameters(group, decision, lease)
            let statement: Statement =
                looksUp ? .appendUnlessKnown(sent.form, into: open) : .append(sent.form, into: open)
            return AppendOutcome(try await connection.run(statement, sent.parameters))
        } catch {
            guard let outcome = AppendOutcome(error) else { throw error }
            return outcome
        }
    }

    /// Draws the consequences of a try that has not stored the group.
    /// - Returns: why the next try should wait a moment; nil if it should not.
    private func learn(
        _ outcome: AppendOutcome,
        _ decision: GroupDecision,
        _ group: ChunkGroup,
        _ holding: inout Holding,
        _ knowledge: inout GroupKnowledge
    ) async throws(PostgresFailure) -> String? {
        switch outcome {
        case .stored: return nil
        case .known(let found):
            holding.lookUps = Self.lookUpsAfterRepeat
            let offered = decision.accepted.map(\.key)
            try await note(found.map { (offered[$0.index], $0.sequence) }, blocks: true, &knowledge)
            return nil
        case .fenced:
            loseSlot(&holding)
            return "another gateway has the slot"
        case .stale:
            forgetParts(&holding, &knowledge)
            return "the parts of the identities have changed"
        case .noPartition:
            return try await makeTables(for: group, &holding)
        case .taken(let reason):
            // Another node has stored one of the identities since it was looked up.
            if holding.lookUps > 0 { return reason }
            holding.lookUps = Self.lookUpsAfterRepeat
            return nil
        case .again(let reason): return reason
        case .unknown(let reason):
            holding.slot?.isDoubtful = true
            // It may be the group's own try that has taken its keys.
            holding.lookUps = Self.lookUpsAfterRepeat
            parts.logger.warning("an append was not answered; sending it again", metadata: ["reason": "\(reason)"])
            return reason
        }
    }

    /// Makes the tables of the day of a group's numbers, which may be ahead of the clock. A slot whose numbers are too far ahead is left alone
    /// as long as this node lives: there is no end of days to make tables for, and another slot has other numbers.
    /// - Returns: why the next try should wait a moment.
    private func makeTables(
        for group: ChunkGroup,
        _ holding: inout Holding
    ) async throws(PostgresFailure) -> String {
        let (now, day) = (parts.clock.now, SlotNumbers.time(of: group.numbers.first ?? 0))
        guard day <= now + DayPartitions.mostAhead else {
            let reason = "the next number of a slot is that of \(day.rfc3339), too far ahead of the database's clock"
            let slot = holding.slot?.lease.slot ?? 0
            parts.logger.error("\(reason); taking another slot", metadata: ["slot": "\(slot)"])
            // It is not left: this node, or another one, would take it again.
            holding.slot = nil
            return reason
        }
        try await parts.partitions.prepare(at: max(day, now))
        return "the journal has no table for the day of a number"
    }

    /// There are other parts by now. What the old ones had is to be asked again, too: others block keys now.
    private func forgetParts(_ holding: inout Holding, _ knowledge: inout GroupKnowledge) {
        holding.identityParts = nil
        knowledge.forget()
    }

    /// Asks the parts for keys that the append itself does not ask them for.
    /// - Returns: whether anything new is known.
    private func ask(
        _ identityParts: IdentityParts,
        for decision: GroupDecision,
        _ knowledge: inout GroupKnowledge
    ) async throws(PostgresFailure) -> Bool {
        guard !identityParts.closed.isEmpty || !decision.ends.isEmpty else { return false }
        let asked = knowledge.asked
        let ends = decision.ends.filter { !asked.contains($0) }
        let keys = decision.accepted.map(\.key).filter { !asked.contains($0) } + ends
        guard !keys.isEmpty else { return false }
        let old = try await find(parts.filters.possible(keys, in: identityParts))
        let new = try await find(ends.isEmpty ? [] : identityParts.open.map { ($0, Array(ends)) })
        try await note(old, blocks: false, &knowledge)
        try await note(new, blocks: true, &knowledge)
        // Only now: a question that was not answered is asked again.
        knowledge.asked.formUnion(keys)
        return !old.isEmpty || !new.isEmpty
    }

    /// Looks up keys in parts.
    private func find(
        _ questions: [(part: Int32, keys: [Int64])]
    ) async throws(PostgresFailure) -> [(Int64, Int64)] {
        var found: [(Int64, Int64)] = []
        for (part, keys) in questions {
            let rows = try await connection.run(.readIdentities(in: part), [.int8s(keys)])
            found += rows.map { ($0.integer(0), $0.integer(1)) }
        }
        return found
    }

    /// Reads the events under these keys.
    private func note(
        _ found: [(key: Int64, sequence: Int64)],
        blocks: Bool,
        _ knowledge: inout GroupKnowledge
    ) async throws(PostgresFailure) {
        guard !found.isEmpty else { return }
        let (reader, sequences) = (parts.reader, found.map(\.sequence))
        let events = try await connection.read { (session) throws(PostgresFailure) in
            try reader.chosenEvents(at: sequences, session)
        }
        for (key, sequence) in found {
            let taken = GroupDecision.Taken(sequence: sequence, event: events[sequence], blocks: blocks)
            knowledge.taken[key, default: []].append(taken)
        }
    }

    private func remember(_ group: ChunkGroup, _ lease: SlotLease) {
        let accounts = parts.names.current.accounts
        for chunk in group.chunks {
            parts.cache.insert(chunk.events)
            parts.accepted.add(
                chunk.accounts.compactMap { count in
                    accounts[count.number].map { (provider: $0, events: Int(count.events)) }
                }
            )
        }
        parts.identity.tail.confirmed(group.chunks.map(\.events), in: lease.slot, at: .now)
        if let newest = group.numbers.last { parts.newest.advance(lease.slot, to: newest) }
    }
}

extension PostgresFailure {
    /// Whether the database is what failed, rather than the statement.
    fileprivate var showsOutage: Bool {
        switch self {
        case .unreachable, .unknown: true
        case .refused(let state, _): state == .lockNotAvailable
        case .closed: false
        }
    }

    /// Whether another try can succeed.
    fileprivate var canPass: Bool {
        switch self {
        case .unreachable, .unknown: true
        case .refused(let state, _): state == .undefinedTable || state.isTransient && state != .diskFull
        case .closed: false
        }
    }
}

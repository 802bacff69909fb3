import Digest

/// Sends a file's events, several batches at a time, and notes how far the file is acknowledged.
package struct EventFileSender: Sendable {
    private let batches: BatchSender
    private let limits: Limits

    /// How much goes into one request, and how many requests are in flight.
    package struct Limits: Sendable {
        package var batchEvents = 500
        package var batchBytes = 4 << 20
        package var inFlight = 4

        package init() {}
    }

    /// - Parameter onWait: told why sending waits.
    package init(
        client: GatewayClient,
        limits: Limits = Limits(),
        terms: SendTerms = SendTerms(),
        onWait: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        batches = BatchSender(client: client, terms: terms, onWait: onWait)
        self.limits = limits
    }

    /// The result for a file.
    package struct Summary: Sendable {
        package var accepted = 0
        package var duplicates = 0
        /// Left out, because the journal has them already under another ID.
        package var known = 0
        /// Sent by an earlier run, and not again.
        package var skipped = 0
        /// What was refused and why: the first ``mostListed``, in the order of the file.
        package fileprivate(set) var refused: [FileFault] = []
        package fileprivate(set) var refusedCount = 0

        package init() {}

        /// The others are only counted.
        package static let mostListed = 1000

        /// Counts faults, and keeps the first ones.
        /// - Parameter others: further faults, which are only counted.
        package mutating func refuse(_ faults: [FileFault], and others: Int = 0) {
            refusedCount += faults.count + others
            refused = Array((refused + faults).sorted { $0.position < $1.position }.prefix(Self.mostListed))
        }
    }

    /// How much of the file is done.
    package struct Step: Sendable, Equatable {
        /// Events of the file that are stored or refused.
        package let events: Int
        /// Bytes of the file that were read.
        package let bytesRead: Int
        /// How many of the first events are stored, and their digest; nil from the first refusal on. When its cause is mended, the next
        /// run tries again from there, and the ids keep what was accepted from counting twice.
        package let acknowledged: Acknowledged?
    }

    /// A stored beginning of the file.
    package struct Acknowledged: Sendable, Equatable {
        package let events: Int
        package let digest: String
    }

    /// Sends the file's events from where an earlier run ended.
    /// - Parameters:
    ///   - open: opens the file at its start; again if it does not start with what an earlier run sent.
    ///   - before: what an earlier run sent; it counts if the file still starts with it.
    ///   - onStep: told after each batch, in the order of the file.
    /// - Throws: ``SendFailure`` if sending had to stop. `summary` holds what was done.
    package func send(
        _ open: () throws(SendFailure) -> any FileEventReading,
        after before: Acknowledged?,
        into summary: inout Summary,
        onStep: (Step) -> Void
    ) async throws(SendFailure) {
        var run = Run(reader: try open())
        if let before, before.events > 0 {
            if try run.skip(before) {
                summary.skipped = before.events
            } else {
                run = Run(reader: try open())
            }
        }
        try await send(&run, &summary, onStep)
    }

    private func send(_ run: inout Run, _ summary: inout Summary, _ onStep: (Step) -> Void) async throws(SendFailure) {
        var failure: SendFailure?
        await withTaskGroup(of: (Int, Result<BatchSender.Outcome, SendFailure>).self) { group in
            var inFlight = 0
            while true {
                while inFlight < limits.inFlight, failure == nil {
                    do throws(SendFailure) {
                        guard let batch = try run.nextBatch(limits) else { break }
                        let number = run.begin(batch)
                        group.addTask { [batches] in (number, await batches.outcome(of: batch)) }
                        inFlight += 1
                    } catch {
                        failure = error
                    }
                }
                guard let (number, result) = await group.next() else { break }
                inFlight -= 1
                switch result {
                case .success(let outcome): run.finish(number, outcome, &summary, onStep)
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        run.end(&summary)
        if let failure { throw failure }
    }
}

/// What is asked of the gateway for all events of a file.
package struct SendTerms: Sendable {
    /// The provider or adapter to which no event may be sent.
    package var avoiding: String?
    /// The route by which all events must go; nil: any.
    package var route: String?
    /// Which events are left out; nil: none.
    package var known: KnownEvents?

    package init(avoiding: String? = nil, route: String? = nil, known: KnownEvents? = nil) {
        (self.avoiding, self.route, self.known) = (avoiding, route, known)
    }
}

/// One run over a file: batches in order, of which several are in flight.
private struct Run {
    private var reader: any FileEventReading
    /// An event that was read and did not fit the last batch.
    private var left: FileEvent?
    /// Why the file cannot be read further.
    private var failure: SendFailure?
    /// Faults of the file that were read since the last batch: the first ones, and how many others. A file of nothing else must fit in.
    private var (faults, otherFaults): ([FileFault], Int) = ([], 0)

    private struct Sent {
        let batch: [FileEvent]
        let faultsBefore: [FileFault]
        let otherFaultsBefore: Int
        let bytesRead: Int
        var outcome: BatchSender.Outcome?
    }

    /// Batches in flight, and those that are done while one before them is not.
    private var sent: [Int: Sent] = [:]
    private var nextNumber = 0
    private var nextToFinish = 0

    private let hash = SHA256()
    private var events = 0
    private var isClean = true

    init(reader: any FileEventReading) {
        self.reader = reader
    }

    /// Passes the events of an earlier run; false if the file does not start with them.
    mutating func skip(_ before: EventFileSender.Acknowledged) throws(SendFailure) -> Bool {
        while events < before.events {
            // A fault before what was acknowledged is new.
            guard case .event(let event) = try read() else { return false }
            hash.update(event.json)
            events += 1
        }
        return digest == before.digest
    }

    /// The next events of one shape, as many as one request takes; nil at the end of the file.
    mutating func nextBatch(_ limits: EventFileSender.Limits) throws(SendFailure) -> [FileEvent]? {
        var batch: [FileEvent] = []
        var bytes = 0
        while batch.count < limits.batchEvents, failure == nil {
            guard let event = nextEvent() else { break }
            let fits = bytes + event.json.count <= limits.batchBytes && batch.first?.shape ?? event.shape == event.shape
            guard batch.isEmpty || fits else {
                left = event
                break
            }
            batch.append(event)
            bytes += event.json.count + 1
        }
        // What was read before a file ended early is sent first.
        if batch.isEmpty, let failure { throw failure }
        return batch.isEmpty ? nil : batch
    }

    private mutating func nextEvent() -> FileEvent? {
        if let event = left {
            left = nil
            return event
        }
        do throws(SendFailure) {
            while let item = try read() {
                switch item {
                case .event(let event): return event
                case .fault(let fault):
                    if faults.count < EventFileSender.Summary.mostListed {
                        faults.append(fault)
                    } else {
                        otherFaults += 1
                    }
                }
            }
        } catch {
            failure = error
        }
        return nil
    }

    private mutating func read() throws(SendFailure) -> EventFileReader.Item? {
        do {
            return try reader.next()
        } catch {
            throw .file(error)
        }
    }

    /// Notes that a batch is in flight.
    mutating func begin(_ batch: [FileEvent]) -> Int {
        sent[nextNumber] = Sent(
            batch: batch,
            faultsBefore: faults,
            otherFaultsBefore: otherFaults,
            bytesRead: reader.bytesRead
        )
        (faults, otherFaults) = ([], 0)
        nextNumber += 1
        return nextNumber - 1
    }

    /// Takes in the outcome of a batch; counts as done when all before it are.
    mutating func finish(
        _ number: Int,
        _ outcome: BatchSender.Outcome,
        _ summary: inout EventFileSender.Summary,
        _ onStep: (EventFileSender.Step) -> Void
    ) {
        sent[number]?.outcome = outcome
        while let first = sent[nextToFinish], let outcome = first.outcome {
            sent[nextToFinish] = nil
            nextToFinish += 1
            summary.accepted += outcome.accepted
            summary.duplicates += outcome.duplicates
            summary.known += outcome.known
            summary.refuse(first.faultsBefore + outcome.refused, and: first.otherFaultsBefore)
            if !first.faultsBefore.isEmpty || !outcome.refused.isEmpty { isClean = false }
            events += first.batch.count
            for event in first.batch where isClean { hash.update(event.json) }
            onStep(step(bytesRead: first.bytesRead))
        }
    }

    /// Counts what stands after the last batch, and what was done after one that failed.
    mutating func end(_ summary: inout EventFileSender.Summary) {
        summary.refuse(faults, and: otherFaults)
        for (_, sent) in sent.sorted(by: { $0.key < $1.key }) {
            guard let outcome = sent.outcome else { continue }
            summary.accepted += outcome.accepted
            summary.duplicates += outcome.duplicates
            summary.known += outcome.known
            summary.refuse(sent.faultsBefore + outcome.refused, and: sent.otherFaultsBefore)
        }
        sent = [:]
    }

    private func step(bytesRead: Int) -> EventFileSender.Step {
        EventFileSender.Step(
            events: events,
            bytesRead: bytesRead,
            acknowledged: isClean ? EventFileSender.Acknowledged(events: events, digest: digest) : nil
        )
    }

    private var digest: String {
        hash.digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

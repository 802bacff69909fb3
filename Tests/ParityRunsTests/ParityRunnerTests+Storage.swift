import Events
import Journal
import Parity
import ParityRuns
import Synchronization
import TestSupport
import Testing

/// Comparisons whose storage fails for a while.
extension ParityRunnerTests {
    /// A pause that lasts until somebody opens it.
    private final class Gate: Sendable {
        private let state = Mutex((entered: 0, opened: 0))

        /// How many pauses have begun.
        var entered: Int { state.withLock { $0.entered } }

        /// Ends one pause.
        func open() { state.withLock { $0.opened += 1 } }

        func pause() async throws {
            let number = state.withLock { state in
                state.entered += 1
                return state.entered
            }
            while state.withLock({ $0.opened < number }) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `asks nobody in a pause after a comparison that could not be written, and then continues`() async throws
    {
        let (journal, shelf) = Self.clean(100)
        let (faults, gate) = (FailingStorage.Switch(), Gate())
        faults.state.withLock { $0.failsToWrite = true }
        try await withTemporaryFolder { folder in
            let storage = FailingStorage(storage: try ParityStore(in: folder), faults: faults)
            try await Self.with(journal, shelf, in: folder, storing: storage, pausing: { try await gate.pause() }) {
                runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let id = try await runner.start(order, for: "t", by: "c").id
                try await waitUntil("it pauses") { gate.entered == 1 }
                let tries = faults.state.withLock { $0.tries }
                gate.open()
                try await waitUntil("it pauses again") { gate.entered == 2 }
                // One try between two pauses, and the vendor is not asked for what cannot be kept.
                #expect(faults.state.withLock { $0.tries } == tries + 1)
                #expect(shelf.state.withLock { $0.calls } == 0)
                faults.state.withLock { $0.failsToWrite = false }
                gate.open()
                let run = try await Self.finished(id, runner)
                #expect(run.verdict == .equal && gate.entered == 2)
            }
        }
    }

    @Test func `adds up once what the bills of a finished comparison are wrong by`() async throws {
        let (journal, shelf) = Self.clean(100)
        shelf.rows.removeFirst()
        let faults = FailingStorage.Switch()
        try await withTemporaryFolder { folder in
            let storage = FailingStorage(storage: try ParityStore(in: folder), faults: faults)
            try await Self.with(journal, shelf, in: folder, storing: storage) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let id = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner).id
                let customers = try await runner.customers(of: id, by: .money, limit: 10)
                #expect(customers.map(\.findings) == [1])
                for limit in [10, 1, 0] {
                    let known = try await runner.customers(of: id, by: .money, limit: limit)
                    #expect(known == Array(customers.prefix(limit)))
                }
                #expect(faults.state.withLock { $0.moneyReads } == 1)
                #expect(try await runner.customers(of: id, by: .findings, limit: 10) == customers)
                #expect(faults.state.withLock { $0.moneyReads } == 2)
                #expect(try await runner.customers(of: id + 1, by: .money, limit: 10) == [])
            }
        }
    }

    @Test func `reads the next window while one is written down`() async throws {
        // Three windows: two are counted in 64 calls, and the third in 17 more.
        let (journal, shelf) = Self.clean(25_000)
        let faults = FailingStorage.Switch()
        let isBeside = Mutex<Bool?>(nil)
        faults.state.withLock { state in
            state.beforeSave = {
                guard isBeside.withLock({ $0 }) == nil else { return }
                do {
                    try await waitUntil("the third window is read") { shelf.state.withLock { $0.calls } > 70 }
                    isBeside.withLock { $0 = true }
                } catch {
                    // It is not: the test sees it, and the comparison comes to its end.
                    isBeside.withLock { $0 = false }
                }
            }
        }
        try await withTemporaryFolder { folder in
            let storage = FailingStorage(storage: try ParityStore(in: folder), faults: faults)
            try await Self.with(journal, shelf, in: folder, storing: storage) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal && run.windows == 3)
                #expect(run.reports[0].totals == CellCounts(expected: 25_000, found: 25_000))
                #expect(isBeside.withLock { $0 } == true)
            }
        }
    }

    @Test func `writes down what it has compared when the journal cannot be read for the next window`() async throws {
        // Three windows, of which two are begun at once. The third is begun when one of these is compared.
        let (journal, shelf) = Self.clean(25_000)
        let begun = Mutex(0)
        let lanes: LaneMemberships = { () async throws(StoreError) in
            let number = begun.withLock { begun in
                begun += 1
                return begun
            }
            guard number < 3 else { throw .closed }
            return [:]
        }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder, lanes: lanes) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.state == .failed && run.windows == 3)
                // Whichever of the first two windows it was.
                #expect([9880, 9895].contains(run.reports[0].totals.found))
            }
        }
    }

    @Test func `looks again by itself when comparisons could not be read`() async throws {
        let (journal, shelf) = Self.clean(100)
        let (faults, gate) = (FailingStorage.Switch(), Gate())
        faults.state.withLock { $0.failsToRead = true }
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
            let id = try await store.add(order, for: "t", by: "c", at: Timestamp(milliseconds: 0)).id
            let storage = FailingStorage(storage: store, faults: faults)
            try await Self.with(journal, shelf, in: folder, storing: storage, pausing: { try await gate.pause() }) {
                runner in
                try await waitUntil("it pauses") { gate.entered == 1 }
                faults.state.withLock { $0.failsToRead = false }
                gate.open()
                // Nobody starts another one.
                #expect(try await Self.finished(id, runner).verdict == .equal)
            }
        }
    }
}

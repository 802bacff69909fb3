import Events
import Journal
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// Who holds which account, and how far all providers have come together.
@Suite struct ProviderLedgerTests {
    private func isPast(_ ledger: ProviderLedger, _ lease: AccountLease) -> Bool {
        do throws(StoreError) {
            _ = try ledger.withProgress(under: lease, \.position)
            return false
        } catch {
            return error == .leaseLost
        }
    }

    // MARK: Leases

    @Test func `no lease is given twice, and each is later than those before`() {
        let ledger = ProviderLedger([:])
        let leases = (0..<5).map { _ in ledger.newLease(of: "lago") } + [ledger.newLease(of: "polar")]
        #expect(zip(leases, leases.dropFirst()).allSatisfy { $0.epoch < $1.epoch })
        #expect(leases.allSatisfy { !ledger.holds($0) } && !ledger.isHeld("lago"))
    }

    @Test func `the latest holder has the account, and nobody else`() {
        let ledger = ProviderLedger(["lago": ProviderProgress(position: 5)])
        let (first, second, other) = (
            ledger.newLease(of: "lago"), ledger.newLease(of: "lago"), ledger.newLease(of: "polar")
        )
        #expect(isPast(ledger, first), "it was not granted yet")
        ledger.grant(first)
        ledger.grant(other)
        #expect(ledger.holds(first) && ledger.holds(other) && ledger.isHeld("lago") && !isPast(ledger, first))
        ledger.grant(second)
        #expect(!ledger.holds(first) && ledger.holds(second) && isPast(ledger, first) && !isPast(ledger, second))
        // The end of a lease that has ended ends no other one.
        ledger.end(first)
        #expect(ledger.holds(second))
        ledger.end(second)
        #expect(!ledger.isHeld("lago") && isPast(ledger, second) && ledger.isHeld("polar"))
    }

    @Test func `an account that no plan names can be held, and has no progress`() throws {
        let ledger = ProviderLedger([:])
        let lease = ledger.newLease(of: "lago")
        ledger.grant(lease)
        #expect(try ledger.withProgress(under: lease, \.position) == nil)
        #expect(ledger.withProgress(of: "lago", \.position) == nil)
    }

    @Test func `what was claimed is claimed again under the next lease, and by nobody in between`() {
        let ledger = ProviderLedger(["lago": ProviderProgress(position: 0, retrying: 2)])
        let (first, second) = (ledger.newLease(of: "lago"), ledger.newLease(of: "lago"))
        ledger.grant(first)
        func claim() -> [Int64]? {
            ledger.withProgress(of: "lago") { progress in
                progress.beginReadingRows()
                return progress.claimRows([3, 4], limit: 9, next: nil)
            }
        }
        let (own, ownAgain) = (claim(), claim())
        #expect(own == [3, 4] && ownAgain == [])
        ledger.grant(second)
        let (next, nextAgain) = (claim(), claim())
        #expect(next == [3, 4] && nextAgain == [])
        ledger.end(second)
        let last = claim()
        #expect(last == [3, 4])
    }

    // MARK: Progress

    @Test func `a provider begins its walk with the first chunk that names it`() {
        let ledger = ProviderLedger(["lago": ProviderProgress(position: 10)])
        ledger.appended(11...15, events: [(provider: "polar", events: 3)])
        #expect(ledger.withProgress(of: "polar") { [$0.position, Int64($0.pending)] } == [10, 3])
        // Who has nothing in it, and stands before it, passes over it.
        #expect(ledger.withProgress(of: "lago") { [$0.position, Int64($0.pending)] } == [15, 0])
        ledger.appended(16...20, events: [(provider: "lago", events: 5), (provider: "polar", events: 1)])
        #expect(ledger.withProgress(of: "polar") { [$0.position, Int64($0.pending)] } == [10, 4])
        #expect(ledger.cursors == ["lago": 15, "polar": 10])
    }

    @Test func `the largest backlog is that of a provider, not of a lane`() {
        let ledger = ProviderLedger([
            "lago": ProviderProgress(position: 0, pending: 4, retrying: 3),
            "polar": ProviderProgress(position: 0, pending: 6),
            "polar~1": ProviderProgress(position: 0, isLane: true, pending: 50, retrying: 50),
            "knetik": ProviderProgress(position: 0),
        ])
        #expect(ledger.largestBacklog == 7)
        #expect(ledger.withBacklog.sorted() == ["lago", "polar"])
        #expect(ProviderLedger([:]).largestBacklog == 0)
    }

    @Test func `a range is settled if all providers have settled it`() {
        let ledger = ProviderLedger([
            "lago": ProviderProgress(position: 10), "polar": ProviderProgress(position: 4, pending: 2),
        ])
        #expect(ledger.isSettled(1...10, by: ["lago"]) && !ledger.isSettled(1...11, by: ["lago"]))
        #expect(ledger.isSettled(1...4, by: ["lago", "polar"]) && !ledger.isSettled(1...5, by: ["lago", "polar"]))
        #expect(!ledger.isSettled(1...1, by: ["knetik"]), "it has no progress")
        #expect(ledger.isSettled(1...99, by: []))
    }

    @Test func `a lane begins behind an event, and chunks are nothing to it`() {
        let ledger = ProviderLedger([:])
        ledger.add("polar~1", beginningBehind: 7)
        ledger.appended(8...9, events: [(provider: "lago", events: 2)])
        #expect(ledger.withProgress(of: "polar~1") { [$0.position, Int64($0.pending)] } == [7, 0])
    }

    // MARK: Waiting for the end of a lease

    @Test func `a wait ends with a later lease, and at once for an earlier one`() async throws {
        let watch = LeaseWatch()
        let lease = AccountLease(provider: "lago", epoch: 5)
        let waiting = Task { await watch.waitForEnd(of: lease) }
        watch.rise("lago", to: 5)
        watch.rise("polar", to: 9)
        watch.rise("lago", to: 6)
        await waiting.value
        await watch.waitForEnd(of: lease)
        // Epochs never fall.
        watch.rise("lago", to: 1)
        await watch.waitForEnd(of: lease)
    }

    @Test func `every wait ends when the watch is closed, and when the task is cancelled`() async throws {
        let watch = LeaseWatch()
        let lease = AccountLease(provider: "lago", epoch: 5)
        let cancelled = Task { await watch.waitForEnd(of: lease) }
        cancelled.cancel()
        await cancelled.value
        let waiting = Task { await watch.waitForEnd(of: lease) }
        watch.close()
        await waiting.value
        await watch.waitForEnd(of: AccountLease(provider: "polar", epoch: 1))
        watch.rise("lago", to: 7)
    }
}

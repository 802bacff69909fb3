import Events
import Journal
import JournalFormat
import Synchronization
import TestSupport
import Testing

@testable import JournalSQLite

/// What waits for a commit, how much of it one commit takes, and when the writer is woken.
@Suite struct GroupCommitTests {
    /// Counts what happens on other threads.
    private final class Counter: Sendable {
        private let count = Atomic(0)

        var value: Int { count.load(ordering: .acquiring) }

        func add() { count.wrappingAdd(1, ordering: .releasing) }
    }

    private typealias Answered = Task<Result<[AppendResult], StoreError>, Never>

    private let names = JournalNames(NameTable(hash: MemoryJournal.hash))

    /// One event; each has the same number of bytes.
    private func append(_ id: Int) -> PreparedAppend {
        PreparedAppend(AppendRequest(events: [MemoryJournal.event(id)], policy: .each), names: names)
    }

    private var size: Int { append(10).encoded.frames.count }

    private func commits(
        commitBytes: Int = 1 << 20,
        waitingBytes: Int = 1 << 20,
        announce: @escaping CommitAnnouncement = { wake in wake() }
    ) -> GroupCommit {
        var settings = SQLiteStoreSettings()
        settings.commitBytes = commitBytes
        settings.waitingBytes = waitingBytes
        settings.retryAfterFull = .seconds(7)
        return GroupCommit(settings: settings, announce: announce)
    }

    /// Hands in a request, and returns when it was; its answer comes later.
    private func submit(_ id: Int, to commits: GroupCommit) async throws -> Answered {
        let (append, handedIn) = (append(id), Counter())
        let answered = Task {
            await withCheckedContinuation { (answer: WriteOperation.Answer<[AppendResult]>) in
                commits.submit(.append(append, answer))
                handedIn.add()
            }
        }
        try await waitUntil("the request is handed in") { handedIn.value == 1 }
        return answered
    }

    /// The same with something that has no events.
    private func note(to commits: GroupCommit) async throws -> Task<Result<Void, StoreError>, Never> {
        let handedIn = Counter()
        let answered = Task {
            await withCheckedContinuation { (answer: WriteOperation.Answer<Void>) in
                commits.submit(.note(Timestamp(milliseconds: 1), answer))
                handedIn.add()
            }
        }
        try await waitUntil("the note is handed in") { handedIn.value == 1 }
        return answered
    }

    /// The ids of what a commit takes; it is answered at once.
    private static func take(from commits: GroupCommit) async throws -> [String]? {
        try await onThreadOfItsOwn {
            commits.next()?.map { operation in
                operation.fail(.unfinishedRead)
                guard case .append(let append, _) = operation else { return "" }
                return append.encoded.events[0].id.rawValue
            }
        }
    }

    /// How many operations there are until the end.
    private static func takeAll(from commits: GroupCommit) async throws -> Int {
        try await onThreadOfItsOwn {
            var count = 0
            while let operations = commits.next() {
                for operation in operations { operation.fail(.unfinishedRead) }
                count += operations.count
            }
            return count
        }
    }

    @Test func `one commit takes all that has gathered, in its order`() async throws {
        let commits = commits()
        for id in 10...13 { _ = try await submit(id, to: commits) }
        #expect(try await Self.take(from: commits) == ["event-10", "event-11", "event-12", "event-13"])
    }

    /// A request is never split, so that the last one may go beyond the limit.
    @Test(arguments: [(1, [1, 1, 1]), (2, [2, 1]), (3, [3])])
    func `a commit ends with the request that reaches its limit`(requests: Int, taken: [Int]) async throws {
        let commits = commits(commitBytes: size * (requests - 1) + 1)
        for id in 10...12 { _ = try await submit(id, to: commits) }
        for count in taken {
            let found = try await Self.take(from: commits)
            #expect(found?.count == count)
        }
    }

    @Test func `refuses requests beyond what may wait, and takes others when there is room`() async throws {
        let commits = commits(waitingBytes: size * 2)
        let first = [try await submit(10, to: commits), try await submit(11, to: commits)]
        let refused = try await submit(12, to: commits)
        #expect(await refused.value == .failure(.full(retryAfter: .seconds(7))))
        #expect(try await Self.take(from: commits)?.count == 2)
        for answered in first { #expect(await answered.value == .failure(.unfinishedRead)) }
        _ = try await submit(13, to: commits)
        #expect(try await Self.take(from: commits) == ["event-13"])
    }

    @Test func `takes a request that is alone, whatever its size`() async throws {
        let commits = commits(commitBytes: 1, waitingBytes: 1)
        _ = try await submit(10, to: commits)
        let refused = try await submit(11, to: commits)
        #expect(await refused.value == .failure(.full(retryAfter: .seconds(7))))
        #expect(try await Self.take(from: commits) == ["event-10"])
    }

    @Test func `what has no events waits behind them, however full it is`() async throws {
        let commits = commits(waitingBytes: 1)
        _ = try await submit(10, to: commits)
        let noted = try await note(to: commits)
        #expect(try await Self.take(from: commits) == ["event-10", ""])
        let answer = await noted.value
        #expect(throws: StoreError.unfinishedRead) { try answer.get() }
    }

    @Test func `after its end it takes nothing, and gives out what waits`() async throws {
        let commits = commits()
        _ = try await submit(10, to: commits)
        commits.close()
        #expect(commits.isClosing)
        let late = try await submit(11, to: commits)
        #expect(await late.value == .failure(.closed))
        #expect(try await Self.take(from: commits) == ["event-10"])
        #expect(try await Self.take(from: commits) == nil)
        #expect(try await Self.take(from: commits) == nil)
    }

    @Test func `a writer that sleeps is woken once, and one that works is not`() async throws {
        let announced = Counter()
        let commits = commits(announce: { wake in
            announced.add()
            wake()
        })
        for id in 10...11 { _ = try await submit(id, to: commits) }
        #expect(announced.value == 0, "nobody has slept yet")
        #expect(try await Self.take(from: commits)?.count == 2)
        let sleeping = Task { try await Self.take(from: commits) }
        // Whoever hands in before the writer sleeps wakes nobody; its request is taken anyway.
        _ = try await submit(12, to: commits)
        #expect(try await sleeping.value == ["event-12"])
        #expect(announced.value <= 1)
    }

    @Test func `the end wakes a writer whose announcement never came`() async throws {
        let announced = Counter()
        let commits = commits(announce: { _ in announced.add() })
        let taking = Task { try await Self.takeAll(from: commits) }
        var id = 10
        while announced.value == 0 {
            _ = try await submit(id, to: commits)
            id += 1
        }
        commits.close()
        #expect(try await taking.value == id - 10)
    }
}

package import Events
package import Routing
import Synchronization

/// Makes reads of a vendor share its rate limit, with lower priority than deliveries.
///
/// A pipeline whose provider has a rate limit gives reads what deliveries leave, clients' reads before those of comparisons. A provider
/// without one, or without a pipeline, lets every read through. Every pipeline is told when a read meets the limit, because it shares
/// that limit. Callers bound how many reads wait. If several gateways share a provider's rate limit, all reads use ``SharedReads``
/// instead.
package final class ReadAdmission: Sendable {
    /// The purpose of a read.
    package enum Kind: Sendable {
        /// A client waits for it.
        case client
        /// A comparison of what vendors have; it is not urgent.
        case comparison
    }

    private struct Waiting {
        let number: Int
        let kind: Kind
        let admitted: AsyncStream<Void>.Continuation
    }

    private struct State {
        var pipelines: [ProviderName: Pipeline] = [:]
        var waiting: [ProviderName: [Waiting]] = [:]
        var lastNumber = 0
        var admitted: [ProviderName: Int] = [:]
    }

    /// A message to a pipeline.
    enum Wish: Sendable, Equatable {
        case read
        /// A read no longer waits.
        case withdraw
        /// The vendor responded to a read that its rate limit is reached.
        case limited(DeliveryFault, after: RetryAfter?)
    }

    private struct Pipeline {
        /// Puts a message into the pipeline's mailbox, and returns at once.
        let tell: @Sendable (Wish) -> Void
        /// Whether reads wait for their turn.
        let givesTurns: Bool
    }

    /// Maximum number of reads for comparisons that are in flight at a provider.
    package static let mostComparisons = 4

    private let state = Mutex(State())
    private let comparisons = ComparisonPermits(limit: mostComparisons)

    /// Nil if this gateway is the only one that calls the vendors.
    private let shared: SharedReads?

    /// Lets every read through until a pipeline registers.
    /// - Parameter shared: the limits that several gateways share for reads.
    package init(sharing shared: SharedReads? = nil) {
        self.shared = shared
    }

    /// Whether several gateways share the reads of a provider, whose deliveries leave a part of its rate limit for them.
    package var isShared: Bool { shared != nil }

    /// How many reads and passed calls to a provider this gateway has admitted since its start.
    package func admitted(to provider: ProviderName) -> Int { state.withLock { $0.admitted[provider] ?? 0 } }

    /// Waits for a read's turn.
    /// - Parameter patience: how long it waits at most; nil for no limit.
    /// - Returns: whether the turn came within this time; false also when the task is cancelled.
    package func admit(
        to provider: ProviderName,
        within patience: Duration?,
        kind: Kind = .client
    ) async -> Bool {
        guard await takeTurn(at: provider, within: patience, kind: kind) else { return false }
        state.withLock { $0.admitted[provider, default: 0] += 1 }
        return true
    }

    private func takeTurn(at provider: ProviderName, within patience: Duration?, kind: Kind) async -> Bool {
        if let shared { return await shared.admit(to: provider, within: patience) }
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard let number = join(turn, at: provider, kind: kind) else { return !Task.isCancelled }
        let isAdmitted = await Self.wait(for: turns, within: patience)
        withdraw(number, from: provider)
        return isAdmitted
    }

    /// Runs a comparison's read when its turn comes, however long that takes; at most ``mostComparisons`` run at a time per provider.
    /// - Returns: nil if the task was cancelled before.
    package func compare<Value>(
        at provider: ProviderName,
        _ read: () async -> sending Value
    ) async -> sending Value? {
        guard await comparisons.take(at: provider) else { return nil }
        defer { comparisons.giveBack(at: provider) }
        guard await admit(to: provider, within: nil, kind: .comparison) else { return nil }
        return await read()
    }

    private static func wait(for turns: AsyncStream<Void>, within patience: Duration?) async -> Bool {
        guard let patience else {
            for await _ in turns { return true }
            return false
        }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in turns { return true }
                return false
            }
            group.addTask {
                // Cancelled if the turn comes first.
                do { try await Task.sleep(for: patience) } catch { return false }
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }

    /// Admits the read that has waited longest; a comparison's only if no client's waits.
    func grant(_ provider: ProviderName) {
        let first = state.withLock { state -> AsyncStream<Void>.Continuation? in
            guard let queue = state.waiting[provider], !queue.isEmpty else { return nil }
            let index = queue.firstIndex { $0.kind == .client } ?? queue.startIndex
            return state.waiting[provider]?.remove(at: index).admitted
        }
        first?.yield()
    }

    /// Makes deliveries respect the delay that the vendor asked a read for, at all providers with the same account.
    package func heard(
        _ answer: VendorAnswer,
        from provider: ProviderConfiguration,
        among accounts: VendorAccounts
    ) {
        guard answer.status == 429 else { return }
        let pipelines = state.withLock { state in
            state.pipelines.filter { accounts.areSame($0.key, provider.name) }
        }
        let message = "\(provider.traits.vendor) (429) refused a read because of its rate limit"
        let wait = answer.retryAfter ?? answer.rateLimitReset
        let fault = DeliveryFault(code: .rateLimited, message: message)
        for pipeline in pipelines.values { pipeline.tell(.limited(fault, after: wait)) }
    }

    /// Sets the pipeline of a provider.
    /// - Parameter givesTurns: whether reads wait for their turns.
    func set(_ tell: @escaping @Sendable (Wish) -> Void, givesTurns: Bool, for provider: ProviderName) {
        state.withLock { $0.pipelines[provider] = Pipeline(tell: tell, givesTurns: givesTurns) }
    }

    /// The pipeline of a provider has ended, so waiting reads may pass.
    func removePipeline(of provider: ProviderName) {
        let waiting = state.withLock { state in
            state.pipelines[provider] = nil
            return state.waiting.removeValue(forKey: provider) ?? []
        }
        for read in waiting { read.admitted.yield() }
    }

    // Told under the lock: the pipeline counts waiting reads, so it must get each change in the order in which they are made here. A
    // withdrawal that arrived after another read's wish would count for that one, which would then wait forever.

    /// - Returns: the read's number among those that wait; nil if it need not wait.
    private func join(_ turn: AsyncStream<Void>.Continuation, at provider: ProviderName, kind: Kind) -> Int? {
        state.withLock { state in
            guard let pipeline = state.pipelines[provider], pipeline.givesTurns else { return nil }
            state.lastNumber += 1
            let waiting = Waiting(number: state.lastNumber, kind: kind, admitted: turn)
            state.waiting[provider, default: []].append(waiting)
            pipeline.tell(.read)
            return state.lastNumber
        }
    }

    /// Ends the wait of a read, if it is still waiting.
    private func withdraw(_ number: Int, from provider: ProviderName) {
        state.withLock { state in
            guard let place = state.waiting[provider]?.firstIndex(where: { $0.number == number }) else { return }
            state.waiting[provider]?.remove(at: place)
            state.pipelines[provider]?.tell(.withdraw)
        }
    }
}

import Events
import Routing
import Synchronization

extension VendorAsking {
    /// Asks, and adds the requests that the answer takes: one a page, without the repeats of requests that fail.
    func ask<Value>(
        _ inquiry: VendorInquiry<Value>,
        at provider: ProviderConfiguration,
        counting calls: inout Int
    ) async -> VendorInquiry<Value>? {
        let further = FurtherRequests()
        let answer = await ask(inquiry.counting(further), at: provider)
        calls += 1 + further.count
        return answer
    }
}

/// Counts the requests of a question behind its first.
private final class FurtherRequests: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func add() { number.withLock { $0 += 1 } }
}

extension VendorInquiry {
    fileprivate func counting(_ further: FurtherRequests) -> VendorInquiry {
        guard case .ask(let request, let next) = self else { return self }
        return .ask(request) { answer in
            let step = next(answer)
            if case .ask = step { further.add() }
            return step.counting(further)
        }
    }
}

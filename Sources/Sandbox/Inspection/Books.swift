import Foundation
import Synchronization

/// What a simulated vendor got, and what it would bill after its own deduplication.
final class Books: Sendable {
    /// Which of several events with one identity is billed.
    enum Winner {
        case first, last
    }

    /// One event that reached the vendor.
    struct Entry: Sendable {
        let id: String
        /// A label for the credential, never the credential.
        let account: String
        let at: Date
        let event: SandboxJSON
    }

    private struct State {
        var received: [Entry] = []
        /// Places in `received` by identity.
        var billed: [String: Int] = [:]
        var unique = 0
    }

    private let state = Mutex(State())
    let customers = Records()
    let subscriptions = Records()

    /// Notes an event.
    /// - Parameter identity: what the vendor tells events apart by; nil if it does not.
    /// - Returns: whether the vendor has one of this identity already.
    @discardableResult
    func record(_ entry: Entry, identity: String?, winner: Winner) -> Bool {
        state.withLock { state in
            let key: String
            if let identity {
                key = identity
            } else {
                state.unique += 1
                key = "\u{0}\(state.unique)"
            }
            let place = state.received.count
            state.received.append(entry)
            let isKnown = state.billed[key] != nil
            if !isKnown || winner == .last { state.billed[key] = place }
            return isKnown
        }
    }

    func has(_ identity: String) -> Bool {
        state.withLock { $0.billed[identity] != nil }
    }

    /// The billed event of an identity.
    func entry(_ identity: String) -> Entry? {
        state.withLock { state in state.billed[identity].map { state.received[$0] } }
    }

    var received: [Entry] { state.withLock { $0.received } }

    /// In the order of arrival.
    var billed: [Entry] { state.withLock { state in state.billed.values.sorted().map { state.received[$0] } } }

    var counts: (received: Int, billed: Int) { state.withLock { ($0.received.count, $0.billed.count) } }

    func forget() {
        state.withLock { $0 = State() }
        customers.forget()
        subscriptions.forget()
    }
}

extension Books.Entry {
    /// The entry for inspection: the event in the vendor's terms, with arrival time and account.
    var json: SandboxJSON {
        let members = event.members ?? []
        return .object(
            members + [
                .init(name: "_arrived_at", value: .string(SandboxTime.text(at))),
                .init(name: "_account", value: .string(account)),
            ]
        )
    }
}

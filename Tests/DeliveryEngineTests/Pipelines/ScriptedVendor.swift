import Events
import Synchronization
import Telemetry

@testable import DeliveryEngine

/// A vendor without a network: says what came of each call by a script, and remembers the calls.
final class ScriptedVendor: VendorCalling {
    /// What becomes of a call.
    enum Act: Sendable {
        case end(CallResult)
        /// It has no end before ``ScriptedVendor/answer(_:)``, or before the call is cancelled.
        case hang

        static func status(_ status: Int) -> Act { .end(.answer(VendorAnswer(status: status, body: []))) }
    }

    struct Call: Sendable, Equatable {
        /// The ids of the events, in the request's order.
        let ids: [String]
        /// When it was made, from the beginning of the test.
        let at: Duration
    }

    private struct State {
        var calls: [Call] = []
        var hanging: [AsyncStream<CallResult>.Continuation] = []
    }

    private let clock: ManualClock
    private let script: @Sendable (Int) -> Act
    private let state = Mutex(State())

    init(_ clock: ManualClock, _ script: @escaping @Sendable (Int) -> Act) {
        self.clock = clock
        self.script = script
    }

    /// The calls until now, in their order.
    var calls: [Call] { state.withLock { $0.calls } }

    /// Ends all calls that hang.
    func answer(_ status: Int) {
        let hanging = state.withLock { state in
            defer { state.hanging = [] }
            return state.hanging
        }
        for call in hanging {
            call.yield(.answer(VendorAnswer(status: status, body: [])))
            call.finish()
        }
    }

    func address(of request: VendorRequest) -> String { "https://vendor.test\(request.path)" }

    func call(_ request: VendorRequest, in trace: TraceContext?) async -> CallResult {
        let ids = String(decoding: request.body, as: UTF8.self).split(separator: ",").map(String.init)
        let (ends, end) = AsyncStream<CallResult>.makeStream()
        let act = state.withLock { state in
            let act = script(state.calls.count)
            state.calls.append(Call(ids: ids, at: clock.elapsed))
            if case .hang = act { state.hanging.append(end) }
            return act
        }
        if case .end(let result) = act { return result }
        for await result in ends { return result }
        return .unknown(DeliveryFault(code: .connectionFailed, message: "the call was cancelled"))
    }
}

/// A vendor's language that is as plain as can be: an event is its id, and a status says all.
struct PlainAdapter: Adapter {
    static let name: AdapterName = "plain"

    var traits: VendorTraits {
        VendorTraits(
            adapter: Self.name,
            vendor: "Plain",
            api: VendorAPI(defaultBaseURL: nil, credential: .header(name: "Authorization", prefix: "")),
            requests: RequestTraits(
                batch: BatchLimit(events: 1, bytes: 1 << 20),
                deduplication: .byIdentity(memory: nil)
            )
        )
    }

    /// An id that begins with `bad` cannot be said; one that begins with `late` must wait for ten seconds after the event.
    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<DestinationSettings>)
        throws(Untranslatable) -> TranslatedEvent
    {
        let id = event.id.rawValue
        if id.hasPrefix("bad") { throw Untranslatable(field: "name", message: "there is no word for it") }
        let notBefore = id.hasPrefix("late") ? event.timestamp + .seconds(10) : nil
        return TranslatedEvent(bytes: Array(id.utf8), identity: id, notBefore: notBefore)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(path: "/events", body: Array(events.map(\.bytes).joined(separator: [UInt8(ascii: ",")])))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        switch answer.status {
        case 200: .all(.delivered(deduplicated: false))
        case 401: .all(.park(DeliveryFault(code: .unauthorized, message: "the key is wrong")))
        case 422: .all(.reject(DeliveryFault(code: .invalidEvent, message: "no")))
        case 503: .all(.retry(DeliveryFault(code: .vendorUnavailable, message: "later"), after: .delay(.seconds(5))))
        default: .all(.ambiguous(DeliveryFault(code: .vendorError, message: "it failed")))
        }
    }
}

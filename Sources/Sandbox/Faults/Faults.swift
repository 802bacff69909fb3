/// How a simulated vendor is told to misbehave.
///
/// A probability is drawn for each request, in the order of the fields; at most one mishap happens to a request.
struct Faults: Sendable, Equatable {
    var latency: ClosedRange<Int>?
    /// Probability that no answer ever comes, before or after the request is applied.
    var hang = 0.0
    var hangAfter = 0.0
    /// Probability that the connection ends without an answer, before or after the request is applied.
    var resetBefore = 0.0
    var resetAfter = 0.0
    /// Probability of each status, answered before anything is applied.
    var status: [Int: Double] = [:]
    /// Probability of each status, answered although the request was applied.
    var statusAfter: [Int: Double] = [:]
    /// Probability that the request is applied and nonsense is answered.
    var garbage = 0.0
    /// Probability that the request is applied and bytes are answered that are not HTTP.
    var noise = 0.0
    /// Probability that the request is applied and the connection ends in the middle of the answer.
    var truncate = 0.0
    /// Probability that the request is applied and the answer stops in the middle, on a connection that stays open.
    var stall = 0.0
    /// Probability that the right answer comes under the content type of a web page.
    var wrongType = 0.0
    /// Ids that make the vendor answer ``poisonStatus`` forever.
    var poison: [String] = []
    /// 500 is a bug inside the vendor; 403 and 404 are what a firewall answers to a request that it dislikes.
    var poisonStatus = 500
    /// What `Retry-After` and its like say: seconds, a date, or whatever a test wants to be misunderstood.
    var retryAfter: String?
    /// How many mishaps happen before the vendor is well again; nil forever. Latency and poison stay.
    var times: Int?
    var seed: UInt64?

    init() {}

    /// Whether a request may meet with anything but latency.
    var mayFail: Bool { times.map { $0 > 0 } ?? true }
}

/// What goes wrong with one request.
enum Mishap: Sendable, Equatable {
    case none
    /// No answer, on a connection that stays open.
    case hang(applied: Bool)
    /// No answer, and the end of the connection: by a reset, or in good order.
    case cut(applied: Bool, abruptly: Bool)
    case status(Int, applied: Bool)
    case garbage
    case noise
    case truncate
    case stall
    case wrongType

    /// Whether the vendor takes the request before it misbehaves.
    var isApplied: Bool {
        switch self {
        case .hang(let applied), .cut(let applied, _), .status(_, let applied): applied
        case .none, .garbage, .noise, .truncate, .stall, .wrongType: true
        }
    }
}

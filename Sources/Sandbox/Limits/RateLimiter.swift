import Synchronization

/// Whether a call is within a limit, and what the vendor tells about it.
struct LimitVerdict: Sendable, Equatable {
    let isRefused: Bool
    let limit: RateLimit
    /// Calls that are left in this window.
    let remaining: Int
    /// Until the next window begins.
    let wait: Duration

    /// At least one: nobody is sent away to come back at once.
    // Safe: no wait is longer than its window, which a setting bounds.
    var waitSeconds: Int { max(1, Int((wait / .seconds(1)).rounded(.up))) }
    /// Of the whole window, at least one.
    var windowSeconds: Int { max(1, limit.windowMilliseconds / 1000) }
}

/// Counts calls in windows that begin with their first call; a refused call counts for nothing.
struct RateWindows: Sendable {
    private var windows: [String: (start: ContinuousClock.Instant, used: Int)] = [:]

    /// Counts a call in the window of its limit, or refuses it.
    mutating func take(_ name: String, _ limit: RateLimit, at now: ContinuousClock.Instant) -> LimitVerdict {
        let length = Duration.milliseconds(limit.windowMilliseconds)
        var window = windows[name] ?? (now, 0)
        if now - window.start >= length { window = (now, 0) }
        let isRefused = window.used >= limit.requests
        if !isRefused { window.used += 1 }
        windows[name] = window
        return LimitVerdict(
            isRefused: isRefused,
            limit: limit,
            remaining: max(0, limit.requests - window.used),
            wait: window.start + length - now
        )
    }
}

/// Counts the calls of a simulator, reads and writes, and refuses those beyond a limit.
final class RateLimiter: Sendable {
    /// The windows, and how many calls were counted and refused.
    private struct State {
        var windows = RateWindows()
        var taken: [CallKind: Int] = [:]
        var refused: [CallKind: Int] = [:]
    }

    private let state = Mutex(State())

    /// Counts a call.
    /// - Returns: what the limit of its class says; nil without one.
    func take(_ kind: CallKind, _ name: String?, _ limits: [String: RateLimit]?, at now: ContinuousClock.Instant)
        -> LimitVerdict?
    {
        state.withLock { state in
            let limit = name.flatMap { limits?[$0] }
            let verdict = name.flatMap { name in limit.map { state.windows.take(name, $0, at: now) } }
            if verdict?.isRefused == true {
                state.refused[kind, default: 0] += 1
            } else {
                state.taken[kind, default: 0] += 1
            }
            return verdict
        }
    }

    /// Begins all windows and counts again.
    func forget() { state.withLock { $0 = State() } }

    /// How many calls were taken and refused.
    var json: SandboxJSON {
        state.withLock { state in
            func number(_ counts: [CallKind: Int], _ kind: CallKind) -> SandboxJSON { .number("\(counts[kind] ?? 0)") }
            return [
                "reads": number(state.taken, .read), "writes": number(state.taken, .write),
                "refused_reads": number(state.refused, .read), "refused_writes": number(state.refused, .write),
            ]
        }
    }
}

/// What a call is for.
enum CallKind: Sendable {
    case read, write
}

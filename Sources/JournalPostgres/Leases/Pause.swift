import Dispatch
import Events

/// Waits in a cancelled task as well: what must be written is not dropped because a caller has lost patience.
enum Pause {
    static func wait(_ pause: Duration) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(pause.wholeMilliseconds))) {
                continuation.resume()
            }
        }
    }
}

import Foundation

/// A condition did not come true before its deadline.
package struct ConditionNeverHeld: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Waits until `condition` holds, looking again every few milliseconds.
///
/// - Parameters:
///   - what: the condition in words, for the message of a failure.
///   - deadline: only ends a hang. No test is about how long something takes, because machines differ, so it is a minute at least.
/// - Throws: ``ConditionNeverHeld`` at the deadline, or what `condition` throws.
package func waitUntil(
    _ what: String,
    within deadline: Duration = .seconds(300),
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw ConditionNeverHeld(description: "not within \(deadline): \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The same on a thread of its own, which may block.
package func blockUntil(
    _ what: String,
    within deadline: Duration = .seconds(300),
    _ condition: () throws -> Bool
) throws {
    let end = ContinuousClock.now + deadline
    while try !condition() {
        guard ContinuousClock.now < end else {
            throw ConditionNeverHeld(description: "not within \(deadline): \(what)")
        }
        Thread.sleep(forTimeInterval: 0.005)
    }
}

import Journal

/// Waits for a turn in the middle of a list that takes many: too many searches now are no reason to break it off.
enum BusyStore {
    private static let mostTries = 30

    /// - Parameter isFirst: whether nothing was shown yet, so that the reader can be told at once.
    static func retrying<Value>(
        unless isFirst: Bool,
        _ read: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        var tries = 1
        while true {
            do throws(StoreError) {
                return try await read()
            } catch {
                guard !isFirst, tries < mostTries, case .busy(let pause) = error else { throw error }
                tries += 1
                do { try await Task.sleep(for: pause) } catch { throw .closed }
            }
        }
    }
}

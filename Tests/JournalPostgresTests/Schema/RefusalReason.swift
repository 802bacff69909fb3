import Journal

/// Why a store or a move was refused; empty if it was not.
func refusalReason(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return ""
    } catch {
        guard let error = error as? StoreError, case .unusable(_, let reason) = error else { return "\(error)" }
        return reason
    }
}

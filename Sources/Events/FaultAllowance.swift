extension EventFault {
    /// How many faults of a request are listed; of further ones the number is told.
    package static let mostListed = 100
}

/// How many faults of a request are still listed, and how many unknown names are still compared with the known ones: a body of a few
/// kilobytes, compressed, may hold millions.
struct FaultAllowance: Equatable {
    var listed = EventFault.mostListed
    var suggestions = 10

    /// The known word that somebody may have meant; nil also when nobody looks any more.
    mutating func suggestion(for word: String, among words: [String]) -> String? {
        guard suggestions > 0 else { return nil }
        suggestions -= 1
        return Suggestion.closest(to: word, among: words)
    }
}

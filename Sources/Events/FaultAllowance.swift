extension EventFault {
    /// How many faults of a request are listed; further ones are only counted.
    package static let mostListed = 100
}

/// Limits how many faults of a request are listed, and how many unknown names are compared with the known ones: a compressed body of a
/// few kilobytes may contain millions.
struct FaultAllowance: Equatable {
    var listed = EventFault.mostListed
    var suggestions = 10

    /// The known word that was probably meant; nil also when the allowance for comparisons is used up.
    mutating func suggestion(for word: String, among words: [String]) -> String? {
        guard suggestions > 0 else { return nil }
        suggestions -= 1
        return Suggestion.closest(to: word, among: words)
    }
}

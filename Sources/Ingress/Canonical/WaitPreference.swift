import Foundation

/// The preference `wait` of RFC 7240: how long a client wants to wait for the outcome.
struct WaitPreference: Equatable {
    /// Whole seconds, at least 1 and at most ``longest``.
    let seconds: Int

    /// Maximum, so that no connection waits for longer.
    static let longest = 60

    /// Reads the `Prefer` fields of a request, each a list of preferences.
    /// - Returns: nil if none is present or understood: a preference may be ignored.
    init?(fields: [String]) {
        let preferences = fields.flatMap { $0.split(separator: ",") }
        for preference in preferences {
            let parts = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard parts.count == 2, parts[0].lowercased() == "wait" else { continue }
            let digits = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(digits), seconds > 0 else {
                return nil
            }
            self.seconds = min(seconds, Self.longest)
            return
        }
        return nil
    }

    /// The value of `Preference-Applied`.
    var applied: String { "wait=\(seconds)" }
}

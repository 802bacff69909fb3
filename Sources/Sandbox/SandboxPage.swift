/// Pages as clients ask for them, within bounds in which no product or sum of them overflows.
enum SandboxPage {
    /// Larger numbers all mean a page far past the end.
    private static let largest = 1_000_000_000

    /// The number of a page, from 1.
    static func number(_ number: Int?) -> Int { min(max(number ?? 1, 1), largest) }

    /// How many entries a page has; what is not positive counts as absent.
    static func size(_ size: Int?, standard: Int) -> Int {
        guard let size, size > 0 else { return standard }
        return min(size, largest)
    }

    /// How many entries are skipped.
    static func skipped(_ offset: Int?) -> Int { min(max(offset ?? 0, 0), largest) }
}

import Events

/// A page of a vendor that counts its pages. The cursor holds the size too: pages of another size would overlap.
struct CountedPage {
    let number: Int
    let size: Int

    /// Beyond it no vendor counts.
    private static let largestNumber = 1_000_000_000

    /// - Parameter largest: the vendor's limit.
    /// - Returns: nil if the cursor is not ours.
    init?(_ query: VendorListQuery, largest: Int) {
        guard let cursor = query.cursor else {
            number = 1
            size = min(query.limit, largest)
            return
        }
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let size = parts[1],
            (1...Self.largestNumber).contains(number), (1...largest).contains(size)
        else {
            return nil
        }
        self.number = number
        self.size = size
    }

    /// The cursor of the page after it.
    var next: String { "\(number + 1).\(size)" }
}

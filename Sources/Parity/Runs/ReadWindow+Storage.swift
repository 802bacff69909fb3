package import Events

extension ReadWindow {
    /// A window as it is kept.
    /// - Returns: nil for one that ends before it begins, which only a damaged row has.
    package init?(storedFrom from: Int64, until: Int64) {
        let (from, until) = (Timestamp(milliseconds: from), Timestamp(milliseconds: until))
        guard from < until else { return nil }
        self.init(from: from, until: until)
    }
}

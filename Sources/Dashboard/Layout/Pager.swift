/// The links below a list: to its first and next page, to other sizes of a page, and to all of it as CSV.
package struct Pager: Sendable {
    /// A size that a page can have.
    struct Size: Sendable {
        let count: Int
        let href: String
        let isCurrent: Bool
    }

    /// The sizes to choose from.
    package static let sizes = [25, 100, 500]
    /// Rows of a page if nobody says otherwise.
    package static let usualSize = 100

    let first: String?
    let next: String?
    let sizes: [Size]
    let csv: String?

    /// - Parameters:
    ///   - path: of the list.
    ///   - parameters: its filter, without `limit` and `cursor`.
    ///   - limit: rows of a page.
    ///   - cursor: where this page begins; nil for the first.
    ///   - next: where the next page begins; nil at the end.
    ///   - csv: the path of the same list as CSV; nil if there is none.
    package init(
        _ path: String,
        _ parameters: [(name: String, value: String?)],
        limit: Int,
        cursor: String?,
        next: String?,
        csv: String? = nil
    ) {
        let sized = parameters + [("limit", limit == Self.usualSize ? nil : "\(limit)")]
        first = cursor == nil ? nil : PageLink.address(path, sized)
        self.next = next.map { PageLink.address(path, sized + [("cursor", $0)]) }
        sizes = Self.sizes.map { size in
            Size(
                count: size,
                href: PageLink.address(path, parameters + [("limit", "\(size)")]),
                isCurrent: size == limit
            )
        }
        self.csv = csv.map { PageLink.address($0, parameters) }
    }
}

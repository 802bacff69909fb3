/// A list that is shown as CSV: all that its filter takes, a page at a time.
package protocol CSVList: Sendable {
    /// Where a page begins.
    associatedtype Cursor: Sendable
    /// Why a page cannot be read.
    associatedtype Failure: Error

    /// The titles of the columns.
    static var titles: [String] { get }

    /// The rows of the page after a cursor, each with a field for each title.
    /// - Parameter cursor: nil for the first page.
    func page(after cursor: Cursor?) async throws(Failure) -> CSVPage<Cursor>
}

/// Some rows of a list.
package struct CSVPage<Cursor: Sendable>: Sendable {
    package let rows: [[String]]
    /// Where the next page begins; nil if this is the last.
    package let next: Cursor?

    package init(rows: [[String]], next: Cursor?) {
        self.rows = rows
        self.next = next
    }
}

/// Writes a list as CSV, as fast as its reader takes it. The first page is read before: whoever cannot read the list is told so instead.
package struct CSVStream<List: CSVList>: Sendable {
    private let list: List
    private let first: CSVPage<List.Cursor>

    /// Reads the first page.
    package init(_ list: List) async throws(List.Failure) {
        self.list = list
        first = try await list.page(after: nil)
    }

    /// Writes titles and rows.
    /// - Parameters:
    ///   - mayContinue: asked before each further page; if not, the text ends there with an error, so that nobody takes it for the whole.
    ///   - sink: takes a page's text.
    package func write(
        while mayContinue: () -> Bool = { true },
        to sink: (String) async throws -> Void
    ) async throws {
        try await sink(CSVText.row(List.titles) + Self.text(first))
        var cursor = first.next
        while let start = cursor {
            try Task.checkCancellation()
            guard mayContinue() else { throw CSVInterrupted() }
            let page = try await list.page(after: start)
            if !page.rows.isEmpty { try await sink(Self.text(page)) }
            cursor = page.next
        }
    }

    private static func text(_ page: CSVPage<List.Cursor>) -> String {
        page.rows.map(CSVText.row).joined()
    }
}

/// The program that reads a CSV might not read the rest of it.
package struct CSVInterrupted: Error {}

import ArgumentParser
import JSON

/// The options of a list that is read page by page.
/// - Parameter standard: the page size unless `--limit` is given.
struct PageOptions<let standard: Int>: ParsableArguments {
    @Option(help: "Maximum number of results.")
    var limit = standard

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    /// Adds the paging parameters to a query.
    func add(to parameters: inout QueryParameters) {
        parameters.add("limit", "\(limit)")
        parameters.add("cursor", cursor)
    }

    /// Says how to continue, if there is another page.
    func tellNext(after page: JSONValue) {
        if let cursor = page["next_cursor"]?.string { Terminal.note("more results: --cursor \(cursor)") }
    }
}

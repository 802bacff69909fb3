/// Which page of a list is wanted, and how it is answered.
struct PolarPages {
    let page: Int
    let limit: Int
    private let hasCursor: Bool

    /// Above 100 the limit is lowered silently.
    /// - Throws: ``PolarValidationError`` for a number that is not positive.
    init(_ request: SimulatedRequest) throws {
        page = request.parameter("page").flatMap { Int($0) } ?? 1
        limit = min(100, request.parameter("limit").flatMap { Int($0) } ?? 10)
        hasCursor = ["true", "1"].contains(request.parameter("cursor_pagination")?.lowercased())
        for (name, number) in [("page", page), ("limit", limit)] where number <= 0 {
            throw PolarValidationError(
                type: "greater_than",
                location: ["query", .string(name)],
                message: "Input should be greater than 0",
                input: .string("\(number)")
            )
        }
    }

    var skipped: Int { (SandboxPage.number(page) - 1) * limit }

    func answer(_ items: [SandboxJSON], total: Int) -> SimulatedAnswer {
        let pages = (total + limit - 1) / limit
        let pagination: SandboxJSON =
            hasCursor
            ? ["has_next_page": .bool(page < pages)]
            : ["total_count": .number("\(total)"), "max_page": .number("\(pages)")]
        return SimulatedAnswer(200, ["items": .array(items), "pagination": pagination])
    }
}
